package aeterna.chaos.fault;

import aeterna.chaos.cluster.PodStatus;
import aeterna.chaos.cluster.Testbed;
import aeterna.chaos.model.Floor;
import aeterna.chaos.model.Hit;
import aeterna.chaos.model.Loss;
import aeterna.chaos.model.Problem;
import aeterna.chaos.model.Target;
import aeterna.chaos.model.Zone;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.random.RandomGenerator;

/**
 * Where targets are: the node of the primary, the zone with most replicas, the replica in zone b. Resolved at the last
 * moment like the roles that they are made from; the same seed on the same testbed picks the same ones.
 *
 * @param testbed whose nodes and zones
 */
public record Targets(Testbed testbed) {
    /** On that testbed. */
    public static Targets on(Testbed testbed) {
        return new Targets(testbed);
    }

    /** A zone of the topology, by its name. */
    public Target zone(String name) {
        return new Where(name, Optional.empty(), (pods, chance) -> {
            if (testbed.topology().nodesIn(new Zone(name)).isEmpty()) {
                throw new Problem(
                        "there is no node in a zone '" + name + "' of the topology "
                                + testbed.topology().name(),
                        "Name one of " + testbed.topology().zones() + ".");
            }
            return Hit.of(List.of(), List.of(), List.of(name));
        });
    }

    /** A worker of the topology, by its name. */
    public Target node(String name) {
        return new Where(
                name,
                Optional.empty(),
                (pods, chance) ->
                        Hit.of(List.of(), List.of(testbed.topology().node(name).name()), List.of()));
    }

    /** Any worker, chosen by chance. */
    public Target anyWorker() {
        return new Where("a worker", Optional.empty(), (pods, chance) -> {
            var workers = testbed.topology().workers();
            return Hit.of(
                    List.of(),
                    List.of(workers.get(chance.nextInt(workers.size())).name()),
                    List.of());
        });
    }

    /** The nodes that those pods run on. */
    public Target nodeOf(Target who) {
        return new Where(
                "the node of " + who,
                Optional.of(who),
                (pods, chance) ->
                        Hit.of(List.of(), pods.stream().map(PodStatus::node).toList(), List.of()));
    }

    /** The zones that those pods run in. */
    public Target zoneOf(Target who) {
        return new Where(
                "the zone of " + who,
                Optional.of(who),
                (pods, chance) -> Hit.of(
                        List.of(),
                        List.of(),
                        pods.stream().map(this::zoneOf).distinct().toList()));
    }

    /** The zone in which most of those pods run; of several, one chosen by chance. */
    public Target majorityZoneOf(Target who) {
        return new Where("the majority zone of " + who, Optional.of(who), (pods, chance) -> {
            var counts = new TreeMap<String, Integer>();
            pods.forEach(pod -> counts.merge(zoneOf(pod), 1, Integer::sum));
            var most = counts.values().stream().max(Comparator.naturalOrder()).orElseThrow();
            var zones = counts.entrySet().stream()
                    .filter(zone -> zone.getValue().equals(most))
                    .map(Map.Entry::getKey)
                    .toList();
            return Hit.of(List.of(), List.of(), List.of(zones.get(chance.nextInt(zones.size()))));
        });
    }

    /** Those of the pods that run in that zone. */
    public Target in(String zone, Target who) {
        return new Where(who + " in " + zone, Optional.of(who), (pods, chance) -> {
            var there = pods.stream().filter(pod -> zoneOf(pod).equals(zone)).toList();
            if (there.isEmpty()) {
                throw new Problem(
                        "nobody is " + who + " in " + zone,
                        "They are in "
                                + Struck.some(pods.stream().map(this::zoneOf).toList()) + ".");
            }
            return Hit.of(Machinery.ids(there), List.of(), List.of());
        });
    }

    /** One of those pods, chosen by chance. */
    public Target oneOf(Target who) {
        return new Where("one of " + who, Optional.of(who), (pods, chance) -> {
            var chosen = pods.get(chance.nextInt(pods.size()));
            return Hit.of(List.of(chosen.id()), List.of(), List.of());
        });
    }

    private String zoneOf(PodStatus pod) {
        return testbed.topology()
                .node(pod.node())
                .zone()
                .map(Zone::name)
                .orElseThrow(() -> new Problem(
                        pod.id() + " runs on " + pod.node() + ", which is in no zone", "Aim at its node instead."));
    }

    private final class Where implements Target {
        private final String words;
        private final Optional<Target> who;
        private final BiFunction<List<PodStatus>, RandomGenerator, Hit> where;

        Where(String words, Optional<Target> who, BiFunction<List<PodStatus>, RandomGenerator, Hit> where) {
            this.words = words;
            this.who = who;
            this.where = where;
        }

        @Override
        public Hit resolve(RandomGenerator chance) {
            var pods = who.map(target -> Machinery.pods(testbed, target, chance)).orElse(List.of()).stream()
                    .sorted(Comparator.comparing(PodStatus::id))
                    .toList();
            return where.apply(pods, chance);
        }

        @Override
        public Optional<Floor> floor(Loss loss) {
            return who.flatMap(target -> target.floor(loss));
        }

        @Override
        public String toString() {
            return words;
        }
    }
}
