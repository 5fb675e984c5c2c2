package aeterna.chaos.stack;

import aeterna.chaos.cluster.Cluster;
import aeterna.chaos.cluster.PodStatus;
import aeterna.chaos.model.Floor;
import aeterna.chaos.model.Hit;
import aeterna.chaos.model.Loss;
import aeterna.chaos.model.Problem;
import aeterna.chaos.model.Target;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/**
 * Pods of a namespace by their labels.
 *
 * @param labels all of which a pod must carry
 */
record Selection(Cluster cluster, String namespace, Map<String, String> labels) {
    /** The pods that are there, by name; those that are terminating too. */
    List<PodStatus> pods() {
        return cluster.pods().stream()
                .filter(pod -> pod.namespace().equals(namespace))
                .filter(pod -> pod.labels().entrySet().containsAll(labels.entrySet()))
                .sorted(Comparator.comparing(PodStatus::name))
                .toList();
    }

    /** The pods that can be hit: Ready and not on their way out already. */
    List<PodStatus> alive() {
        return pods().stream().filter(pod -> pod.ready() && !pod.terminating()).toList();
    }

    /** One of those that can be hit, chosen by chance. */
    Target any(String words, Function<Loss, Optional<Floor>> floor) {
        return target(
                words,
                chance -> {
                    var alive = someoneAlive("nobody is " + words);
                    return List.of(alive.get(chance.nextInt(alive.size())));
                },
                floor);
    }

    /** All of those that can be hit. */
    Target every(String words, Function<Loss, Optional<Floor>> floor) {
        return target(words, chance -> someoneAlive("nobody is among " + words), floor);
    }

    private List<PodStatus> someoneAlive(String otherwise) {
        var alive = alive();
        if (alive.isEmpty()) {
            throw new Problem(
                    otherwise + ": none of " + labels + " in " + namespace + " is Ready",
                    "Look at the pods with `./chaos status`.");
        }
        return alive;
    }

    static Target target(
            String words, Function<RandomGenerator, List<PodStatus>> choice, Function<Loss, Optional<Floor>> floor) {
        return new Target() {
            @Override
            public Hit resolve(RandomGenerator chance) {
                return Hit.of(choice.apply(chance).stream().map(PodStatus::id).toList(), List.of(), List.of());
            }

            @Override
            public Optional<Floor> floor(Loss loss) {
                return floor.apply(loss);
            }

            @Override
            public String toString() {
                return words;
            }
        };
    }
}
