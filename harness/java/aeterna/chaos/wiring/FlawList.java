package aeterna.chaos.wiring;

import aeterna.chaos.audit.ManifestAudit;
import aeterna.chaos.model.Flaw;
import aeterna.chaos.model.Problem;
import aeterna.chaos.model.Progress;
import aeterna.chaos.model.Topology;
import aeterna.chaos.stack.ExpectedFlaws;
import aeterna.chaos.stack.Profile;
import aeterna.chaos.stack.Stack;
import aeterna.chaos.stack.Workaround;
import aeterna.chaos.time.Waiting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a stack cannot be, against what its profile is known not to be.
 *
 * @param known the flaws that it is known to have
 * @param found those that it has, each once
 * @param workarounds what is deployed in place of what could not be
 */
public record FlawList(ExpectedFlaws known, List<Flaw> found, List<Workaround> workarounds) {
    /** An alert that always fires needs two scrapes of the kubelets and an evaluation, a budget its controller's next look. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(2);

    /** What the running stack and its manifests show, looked at until that is what is known, or for two minutes. */
    public static FlawList of(Stack stack, Topology topology, Progress progress) {
        var profile = stack.profile();
        var written = ManifestAudit.of(stack.objects(), topology);
        try (var step = progress.begin("stack: what it cannot be", Duration.ofSeconds(5))) {
            return Waiting.atMost(PATIENCE)
                    .every(BETWEEN_LOOKS)
                    .until(
                            () -> {
                                var list = seen(stack, written, profile);
                                step.at(0, 1, String.join("; ", list.deviations()));
                                return list;
                            },
                            list -> list.deviations().isEmpty())
                    .orElseGet(() -> seen(stack, written, profile));
        }
    }

    private static FlawList seen(Stack stack, List<Flaw> written, Profile profile) {
        // What is seen says more than what is written, and comes first.
        var all = Stream.concat(stack.flaws().stream(), written.stream()).toList();
        return new FlawList(stack.known(), ManifestAudit.distinct(all), profile.workarounds());
    }

    /** What is not as it is known to be. */
    private List<String> deviations() {
        return Stream.concat(
                        found.stream().filter(flaw -> !known.has(flaw)).map(flaw -> "not known: " + flaw),
                        known.missingFrom(found).stream()
                                .map(entry -> "known, but not so: " + entry.kind() + " " + entry.object() + " ("
                                        + entry.because() + ")"))
                .toList();
    }

    /** All of it, for people. */
    public List<String> lines() {
        var lines = new ArrayList<String>();
        if (!workarounds.isEmpty()) {
            lines.add("what cannot be deployed as it is written:");
            workarounds.forEach(one -> lines.add("  - " + one));
        }
        if (found.isEmpty()) {
            return lines;
        }
        lines.add("what cannot be as it should:");
        for (var flaw : found) {
            lines.add("  - " + flaw);
            Optional<String> because = known.because(flaw.kind(), flaw.object());
            lines.add("      " + because.orElse("NOT KNOWN of this profile"));
        }
        return lines;
    }

    /** Refuses what is not as the profile says of itself. */
    public void requireAsKnown(String profile) {
        var deviations = deviations();
        if (!deviations.isEmpty()) {
            throw new Problem(
                    "the stack, profile " + profile + ", is not as is known of it: " + String.join("; ", deviations),
                    "Mend it, or write what it cannot be into `expected` of stack/profiles/" + profile + ".yaml.");
        }
    }
}
