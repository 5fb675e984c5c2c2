package aeterna.chaos.status;

import aeterna.chaos.cluster.NodeStatus;
import aeterna.chaos.cluster.PodStatus;
import aeterna.chaos.model.Machine;
import aeterna.chaos.model.Machine.Network;
import aeterna.chaos.model.Machine.Power;
import aeterna.chaos.model.Node;
import aeterna.chaos.model.SteadyCheck.Look;
import aeterna.chaos.model.Topology;
import aeterna.chaos.model.Zone;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A testbed of two zones with a database and an API, which tests then break. */
final class Pictures {
    final List<Machine> machines = new ArrayList<>(
            List.of(machine("node-0", Power.ON), machine("node-1", Power.ON), machine("node-2", Power.ON)));
    final List<NodeStatus> nodes =
            new ArrayList<>(List.of(node("node-0", true), node("node-1", true), node("node-2", true)));
    final List<PodStatus> pods = new ArrayList<>(List.of(
            pod("kube-system", "coredns-1", "node-1", "ReplicaSet/coredns-1f", true, ""),
            pod("aeterna", "aeterna-postgres-1", "node-1", "StatefulSet/aeterna-postgres", true, ""),
            pod("aeterna", "aeterna-postgres-2", "node-2", "StatefulSet/aeterna-postgres", true, ""),
            pod("aeterna", "aeterna-5d8f-abcde", "node-2", "ReplicaSet/aeterna-5d8f", true, "")));
    Map<String, String> roles = Map.of("aeterna-postgres-1", "primary", "aeterna-postgres-2", "replica");
    Seen<Look> database = Seen.now(new Look(true, "2 pods ready"));
    String apiTrouble = "";

    static Machine machine(String node, Power power) {
        return new Machine(node, "10.0.0." + node.charAt(5), power, Network.CONNECTED);
    }

    static NodeStatus node(String name, boolean ready) {
        return new NodeStatus(name, ready, ready ? "KubeletReady" : "NodeStatusUnknown", "", name, Map.of(), false, "");
    }

    static PodStatus pod(String namespace, String name, String node, String owner, boolean ready, String trouble) {
        return new PodStatus(namespace, name, node, "Running", ready, false, name, 0, "", Map.of(), owner, trouble);
    }

    Picture at(int second) {
        var topology = new Topology(
                "two-zones",
                6443,
                List.of(
                        new Node("node-0", Node.Role.CONTROL_PLANE, Map.of(), List.of()),
                        new Node("node-1", Node.Role.WORKER, Map.of(Zone.LABEL, "zone-a"), List.of()),
                        new Node("node-2", Node.Role.WORKER, Map.of(Zone.LABEL, "zone-b"), List.of())),
                List.of());
        return new Picture(
                "tried",
                "fake",
                topology,
                Instant.parse("2026-01-01T12:00:00Z").plusSeconds(second),
                Optional.of("recommended"),
                Seen.now(List.copyOf(machines)),
                new Seen<>(Optional.of(List.copyOf(nodes)), apiTrouble),
                new Seen<>(Optional.of(List.copyOf(pods)), apiTrouble),
                List.of(
                        new Picture.Part("postgres", List.of("aeterna-postgres"), Seen.now(roles), database),
                        new Picture.Part(
                                "api",
                                List.of("aeterna"),
                                Seen.now(Map.of()),
                                Seen.now(new Look(true, "1 pod ready")))));
    }
}
