package aeterna.chaos.cluster.kube;

import aeterna.chaos.model.Mark;
import aeterna.chaos.model.Topology;
import aeterna.chaos.model.Trace;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Taint;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * What faults left in the API.
 *
 * @param client the connection
 */
record ClusterTraces(KubernetesClient client) {
    List<Trace> of(Topology topology) {
        var traces = new ArrayList<Trace>();
        for (var node : client.nodes().list().getItems()) {
            var name = node.getMetadata().getName();
            if (Boolean.TRUE.equals(node.getSpec().getUnschedulable())) {
                traces.add(new Trace(Trace.Kind.CORDON, name, "takes no new pods"));
            }
            foreignTaints(node, topology).forEach(taint -> traces.add(new Trace(Trace.Kind.TAINT, name, taint)));
        }
        marked().forEach(object -> traces.add(new Trace(Trace.Kind.OBJECT, Trace.CLUSTER, named(object))));
        return traces;
    }

    /** The cordon has one of its own, which is told already. */
    private static Set<String> foreignTaints(Node node, Topology topology) {
        var foreign = new TreeSet<String>();
        for (var taint : Objects.requireNonNullElse(node.getSpec().getTaints(), List.<Taint>of())) {
            var text =
                    taint.getKey() + "=" + Objects.requireNonNullElse(taint.getValue(), "") + ":" + taint.getEffect();
            if (!taint.getKey().equals("node.kubernetes.io/unschedulable")) {
                foreign.add(text);
            }
        }
        topology.nodes().stream()
                .filter(known -> known.name().equals(node.getMetadata().getName()))
                .forEach(known -> foreign.removeAll(known.taints()));
        return foreign;
    }

    private Stream<? extends HasMetadata> marked() {
        return Stream.of(
                        client.network()
                                .v1()
                                .networkPolicies()
                                .inAnyNamespace()
                                .withLabel(Mark.LABEL)
                                .list()
                                .getItems(),
                        client.pods()
                                .inAnyNamespace()
                                .withLabel(Mark.LABEL)
                                .list()
                                .getItems(),
                        client.configMaps()
                                .inAnyNamespace()
                                .withLabel(Mark.LABEL)
                                .list()
                                .getItems(),
                        client.services()
                                .inAnyNamespace()
                                .withLabel(Mark.LABEL)
                                .list()
                                .getItems(),
                        client.persistentVolumeClaims()
                                .inAnyNamespace()
                                .withLabel(Mark.LABEL)
                                .list()
                                .getItems(),
                        client.nodes().withLabel(Mark.LABEL).list().getItems())
                .flatMap(List::stream);
    }

    private static String named(HasMetadata object) {
        var metadata = object.getMetadata();
        return object.getKind() + " "
                + (metadata.getNamespace() == null ? "" : metadata.getNamespace() + "/")
                + metadata.getName() + ", of " + metadata.getLabels().get(Mark.LABEL);
    }
}
