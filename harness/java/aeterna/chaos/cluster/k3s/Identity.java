package aeterna.chaos.cluster.k3s;

import aeterna.chaos.cluster.Cluster;
import aeterna.chaos.cluster.NodeStatus;
import aeterna.chaos.model.Machine;
import aeterna.chaos.model.Problem;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Which containers and which cluster a testbed is, written into its control plane when its making came to the end: labels
 * can be copied and cannot be added later.
 *
 * @param cluster the uid of the cluster's own namespace {@code kube-system}, which no other cluster has
 * @param containers the engine's ids, by node
 */
record Identity(String cluster, SortedMap<String, String> containers) {
    /** In the control plane's container. */
    static final String FILE = "/etc/aeterna-chaos-testbed.json";

    Identity {
        containers = new TreeMap<>(containers);
    }

    /** What was written down; empty while the testbed is being made, or when its making never came to the end. */
    static Optional<Identity> read(Engine engine, String server) {
        return engine.hasFile(server, FILE) ? Optional.of(parse(engine.file(server, FILE))) : Optional.empty();
    }

    static Identity parse(String text) {
        try {
            return JsonMapper.shared().readValue(text, Identity.class);
        } catch (JacksonException malformed) {
            throw new Problem(
                    "what the testbed's control plane says of itself (" + FILE + ") is not what the harness wrote",
                    "Make the testbed anew with `./chaos down` and `./chaos up`.",
                    malformed);
        }
    }

    String text() {
        return JsonMapper.shared().writeValueAsString(this);
    }

    /**
     * Refuses a cluster that is not the one of these machines, however a kubeconfig or a port leads there.
     *
     * @throws Problem saying in what they differ
     */
    void demandSame(Cluster connected, List<Machine> machines) {
        var uid = connected.uid();
        if (!uid.equals(cluster)) {
            throw new Problem(
                    "the API server that answers is not this testbed's: its kube-system has the uid " + uid + ", not "
                            + cluster,
                    "Nothing was touched. See who listens on the API's port; `./chaos down` and `./chaos up` make the testbed anew.");
        }
        Map<String, String> addresses = machines.stream().collect(Collectors.toMap(Machine::node, Machine::address));
        Map<String, NodeStatus> nodes =
                connected.nodes().stream().collect(Collectors.toMap(NodeStatus::name, Function.identity()));
        if (!nodes.keySet().equals(addresses.keySet())) {
            throw new Problem(
                    "the cluster's nodes are " + new TreeMap<>(nodes).keySet() + ", the testbed's machines "
                            + new TreeMap<>(addresses).keySet(),
                    "Nothing was touched. `./chaos down` and `./chaos up` make the testbed anew.");
        }
        nodes.forEach((name, node) -> {
            if (!node.address().equals(addresses.get(name))) {
                throw new Problem(
                        "the cluster has " + name + " at " + node.address() + ", its machine is at "
                                + addresses.get(name),
                        "Nothing was touched. `./chaos down` and `./chaos up` make the testbed anew.");
            }
        });
    }
}
