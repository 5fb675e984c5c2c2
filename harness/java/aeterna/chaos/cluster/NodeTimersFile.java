package aeterna.chaos.cluster;

import aeterna.chaos.model.NodeTimers;
import aeterna.chaos.model.Problem;
import aeterna.chaos.yaml.Yaml;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

/**
 * Reads node timers by name.
 *
 * @param file {@code kind-config/node-timers.yaml}
 */
public record NodeTimersFile(Path file) {
    /** The settings of that name; throws a {@link Problem} with line and reason when they are malformed. */
    public NodeTimers read(String name) {
        var sets = Yaml.read(file).map();
        var set = sets.get(name);
        if (set == null) {
            throw new Problem(
                    "there are no node timers '" + name + "' in " + file,
                    "Name one of " + String.join(", ", sets.keySet()) + ", or add a block of that name.");
        }
        set.only(Set.of("controllerManager", "apiServer", "kubelet"));
        return new NodeTimers(name, texts(set, "controllerManager"), texts(set, "apiServer"), texts(set, "kubelet"));
    }

    private static Map<String, String> texts(Yaml set, String key) {
        return set.find(key).map(Yaml::textMap).orElse(Map.of());
    }
}
