package aeterna.chaos.stack;

import aeterna.chaos.cluster.Cluster;
import aeterna.chaos.cluster.PodStatus;
import aeterna.chaos.cluster.Rollout;
import aeterna.chaos.model.Flaw;
import aeterna.chaos.model.SteadyCheck.Look;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Every pod of the stack and how far every workload is, at one moment.
 *
 * @param rollouts by name
 * @param pods those that count: a finished job's pod is neither there nor missing
 * @param known the flaws that are known: pods without a node are no news where they are expected
 */
record Census(Map<String, Rollout> rollouts, List<PodStatus> pods, ExpectedFlaws known) {
    static Census take(Cluster cluster, String namespace, ExpectedFlaws known) {
        return new Census(
                cluster.rollouts(namespace).stream()
                        .collect(Collectors.toMap(
                                Rollout::name, Function.identity(), (one, other) -> one, TreeMap::new)),
                cluster.pods().stream()
                        .filter(pod -> pod.namespace().equals(namespace)
                                && !pod.phase().equals("Succeeded"))
                        .toList(),
                known);
    }

    /** Whether one component's pods are all there, Ready and alone. */
    Look look(Component component) {
        return missing(List.of(component))
                .orElseGet(() -> complete(
                        rollouts.values().stream()
                                .filter(rollout -> component.workloads().contains(rollout.name()))
                                .toList(),
                        pods.stream()
                                .filter(pod -> component.workloads().contains(pod.workload()))
                                .toList()));
    }

    /** Whether nothing at all is missing, coming or going. */
    Look look(List<Component> components) {
        return missing(components).orElseGet(() -> complete(rollouts.values(), pods));
    }

    private Optional<Look> missing(List<Component> components) {
        return components.stream()
                .flatMap(component -> component.workloads().stream())
                .filter(workload -> !rollouts.containsKey(workload))
                .findFirst()
                .map(workload -> new Look(false, workload + " is not deployed"));
    }

    private Look complete(Collection<Rollout> rollouts, List<PodStatus> pods) {
        var pieces = new ArrayList<String>();
        rollouts.stream()
                .filter(rollout -> !rollout.complete() && !completeButForThePlaceless(rollout))
                .map(Rollout::toString)
                .forEach(pieces::add);
        pods.stream()
                .filter(pod -> unready(pod) && !isKnown(pod))
                .map(Census::said)
                .forEach(pieces::add);
        var ready = pods.stream().filter(pod -> !unready(pod)).count();
        return pieces.isEmpty()
                ? new Look(
                        true,
                        ready + (ready == 1 ? " pod" : " pods") + " ready"
                                + (ready == pods.size() ? "" : ", " + (pods.size() - ready) + " without a place"))
                : new Look(false, String.join("; ", pieces));
    }

    /** Whether all are there but those for which there is no place, as is known. */
    private boolean completeButForThePlaceless(Rollout rollout) {
        var placeless = pods.stream()
                .filter(pod -> pod.workload().equals(rollout.name()) && isKnown(pod))
                .count();
        return placeless > 0
                && rollout.observed()
                && rollout.existing() == rollout.wanted()
                && rollout.updated() == rollout.wanted()
                && rollout.ready() + placeless == rollout.wanted();
    }

    private boolean isKnown(PodStatus pod) {
        return placeless(pod) && known.has(Flaw.Kind.PENDING, pod.workload());
    }

    private static boolean placeless(PodStatus pod) {
        return pod.node().isEmpty() && pod.trouble().startsWith("Unschedulable") && !pod.terminating();
    }

    /** The pods for which the scheduler finds no node, by their workload, with its words. */
    List<Flaw> placeless() {
        return pods.stream()
                .filter(Census::placeless)
                .map(pod -> new Flaw(
                        Flaw.Kind.PENDING,
                        pod.workload().isEmpty() ? pod.name() : pod.workload(),
                        pod.name() + ": " + pod.trouble().replaceFirst("^Unschedulable: ", "")))
                .toList();
    }

    /** How many pods that carry all of these labels are Ready and stay so. */
    long ready(Map<String, String> labels) {
        return pods.stream()
                .filter(pod -> !unready(pod) && pod.labels().entrySet().containsAll(labels.entrySet()))
                .count();
    }

    /** Those that are coming or going. */
    List<PodStatus> unready() {
        return pods.stream().filter(Census::unready).toList();
    }

    private static boolean unready(PodStatus pod) {
        return !pod.ready() || pod.terminating();
    }

    /** What is the matter with a pod, in one line. */
    static String said(PodStatus pod) {
        var state = pod.terminating() ? "is terminating" : pod.node().isEmpty() ? "is on no node" : "is not ready";
        return pod.name() + " " + state + (pod.trouble().isEmpty() ? "" : " (" + pod.trouble() + ")");
    }
}
