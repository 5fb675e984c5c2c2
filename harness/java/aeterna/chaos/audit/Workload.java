package aeterna.chaos.audit;

import aeterna.chaos.model.Topology;
import aeterna.chaos.model.Zone;
import aeterna.chaos.yaml.Yaml;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A Deployment, StatefulSet or CronJob in a manifest.
 *
 * @param labels of its pods; those that a controller sets later have the value {@link #ANY}
 * @param replicas how many there shall be at least
 * @param pod the specification of its pods
 * @param needsMajority whose loss of the majority is an outage, in its manifest's words; empty when nobody votes
 */
record Workload(
        Yaml object, String name, Map<String, String> labels, int replicas, Yaml pod, Optional<String> needsMajority) {
    /** Of labels of which only the running pod knows the value. */
    static final String ANY = "*";

    private static final String HOSTNAME = "kubernetes.io/hostname";
    private static final String SET_LATER = "aeterna.chaos/labels-set-later";
    private static final String INSTRUMENT = "aeterna.chaos/instrument";
    private static final String MAJORITY = "aeterna.chaos/needs-majority";

    static Workload of(Yaml object, List<Yaml> autoscalers) {
        var spec = object.get("spec");
        var template = object.get("kind").text().equals("CronJob")
                ? spec.get("jobTemplate").get("spec").get("template")
                : spec.get("template");
        var name = object.get("metadata").get("name").text();
        var labels = new TreeMap<>(
                template.get("metadata").find("labels").map(Yaml::textMap).orElse(Map.of()));
        annotation(object, SET_LATER)
                .ifPresent(keys -> Arrays.stream(keys.split(", *")).forEach(key -> labels.put(key, ANY)));
        if (object.get("kind").text().equals("StatefulSet")) {
            labels.put("statefulset.kubernetes.io/pod-name", ANY);
        }
        var least = autoscalers.stream()
                .filter(autoscaler -> target(autoscaler).equals(name))
                .map(autoscaler -> autoscaler.get("spec").get("minReplicas"))
                .findFirst()
                .or(() -> spec.find("replicas"))
                .map(number -> number.number(0, 1000))
                .orElse(1);
        return new Workload(object, name, labels, least, template.get("spec"), annotation(object, MAJORITY));
    }

    private static Optional<String> annotation(Yaml object, String key) {
        return object.get("metadata")
                .find("annotations")
                .flatMap(annotations -> annotations.find(key))
                .map(Yaml::text);
    }

    static String target(Yaml autoscaler) {
        return autoscaler.get("spec").get("scaleTargetRef").get("name").text();
    }

    String kind() {
        return object.get("kind").text();
    }

    /** True for what only looks: it says so, or stands beside the zones, where the control plane is. */
    boolean isInstrument() {
        return annotation(object, INSTRUMENT).isPresent() || toleratesTheControlPlane();
    }

    private boolean toleratesTheControlPlane() {
        return pod.find("tolerations").stream()
                .flatMap(tolerations -> tolerations.list().stream())
                .flatMap(toleration -> toleration.find("key").stream())
                .anyMatch(key -> key.text().equals("node-role.kubernetes.io/control-plane"));
    }

    /** How many of its pods there is room for beside each other: one in each domain that it must not share with itself. */
    int places(Topology topology) {
        var places = Integer.MAX_VALUE;
        if (apart(HOSTNAME)) {
            places = Math.min(places, topology.workers().size());
        }
        if (apart(Zone.LABEL)) {
            places = Math.min(places, topology.zones().size());
        }
        return places;
    }

    /** How many of its pods one zone may hold. */
    int mostInOneZone(Topology topology) {
        var there = Math.min(replicas, places(topology));
        var zones = topology.zones().size();
        if (apart(Zone.LABEL)) {
            return 1;
        }
        if (spread(Zone.LABEL)) {
            return (there + zones - 1) / zones;
        }
        var largest = topology.zones().stream()
                .mapToInt(zone -> topology.nodesIn(zone).size())
                .max()
                .orElse(there);
        return apart(HOSTNAME) ? Math.min(there, largest) : there;
    }

    /** Whether two of its pods may never be in the same domain. */
    private boolean apart(String topologyKey) {
        return terms("requiredDuringSchedulingIgnoredDuringExecution", "podAntiAffinity").stream()
                .anyMatch(term -> term.get("topologyKey").text().equals(topologyKey)
                        && Selector.of(term.get("labelSelector")).selects(this));
    }

    private boolean spread(String topologyKey) {
        return pod.find("topologySpreadConstraints").stream()
                .flatMap(constraints -> constraints.list().stream())
                .anyMatch(constraint -> constraint.get("topologyKey").text().equals(topologyKey)
                        && constraint.get("whenUnsatisfiable").text().equals("DoNotSchedule")
                        && constraint.get("maxSkew").text().equals("1"));
    }

    private List<Yaml> terms(String strength, String affinity) {
        return pod.find("affinity").flatMap(all -> all.find(affinity)).flatMap(one -> one.find(strength)).stream()
                .flatMap(list -> list.list().stream())
                .map(term -> term.find("podAffinityTerm").orElse(term))
                .toList();
    }

    /** Every selector by which its pods ask for or avoid the neighbourhood of others. */
    List<Selector> neighbours() {
        return List.of("podAffinity", "podAntiAffinity").stream()
                .flatMap(affinity -> List.of(
                                "requiredDuringSchedulingIgnoredDuringExecution",
                                "preferredDuringSchedulingIgnoredDuringExecution")
                        .stream()
                        .flatMap(strength -> terms(strength, affinity).stream()))
                .map(term -> Selector.of(term.get("labelSelector")))
                .toList();
    }

    /** The ports that its containers say they listen on, by number and by name. */
    List<String> ports() {
        return pod.get("containers").list().stream()
                .flatMap(container -> container.find("ports").stream())
                .flatMap(ports -> ports.list().stream())
                .flatMap(port -> port.map().entrySet().stream()
                        .filter(entry -> List.of("containerPort", "name").contains(entry.getKey()))
                        .map(entry -> entry.getValue().text()))
                .toList();
    }
}
