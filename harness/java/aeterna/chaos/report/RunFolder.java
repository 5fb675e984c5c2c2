package aeterna.chaos.report;

import aeterna.chaos.model.Setting;
import java.nio.file.Path;

/**
 * The folder of one run: where everything of it is. Whoever runs scenarios writes {@link #history()} and the evidence; the
 * rest is computed from these.
 *
 * @param path its last name is the run's
 */
public record RunFolder(Path path) {
    /** The run's name. */
    public String name() {
        return path.getFileName().toString();
    }

    /** The histories of all its scenarios. */
    public Path history() {
        return path.resolve("history.jsonl");
    }

    /** The evidence of one attempt at one trial of a scenario. */
    public Path evidence(Setting setting) {
        var trial = setting.trial();
        var name = setting.scenario()
                + (trial.number() == 1 ? "" : ".trial-" + trial.number())
                + (trial.attempt() == 1 ? "" : ".attempt-" + trial.attempt());
        return path.resolve("evidence").resolve(name.replaceAll("[^A-Za-z0-9._-]|^\\.+", "_"));
    }

    /** For whoever reads runs by machine. */
    public Path summary() {
        return path.resolve("summary.json");
    }

    /** For people. */
    public Path page() {
        return path.resolve("report.html");
    }

    /** For continuous integration. */
    public Path junit() {
        return path.resolve("junit.xml");
    }

    /** For Prometheus. */
    public Path metrics() {
        return path.resolve("metrics.prom");
    }

    /** For Allure. */
    public Path allure() {
        return path.resolve("allure-results");
    }
}
