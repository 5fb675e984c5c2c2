package aeterna.chaos.cluster.k3s;

import aeterna.chaos.model.Node;
import aeterna.chaos.model.Problem;
import aeterna.chaos.model.Topology;
import com.github.dockerjava.api.model.Container;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The containers of a testbed's nodes, looked up anew before every act, and refused unless names, labels and ids agree:
 * nobody else's container is ever touched, whatever it is called or labelled. Thread-safe.
 */
final class OwnNodes {
    private final Engine engine;
    private final String testbed;
    private final Topology topology;
    private final Optional<Identity> identity;

    /**
     * @param identity what was written down when the testbed was made; empty while it is being made
     */
    OwnNodes(Engine engine, String testbed, Topology topology, Optional<Identity> identity) {
        this.engine = engine;
        this.testbed = testbed;
        this.topology = topology;
        this.identity = identity;
    }

    /** Every node's container. */
    Map<String, Container> byName() {
        var containers = engine.containers(testbed).stream()
                .filter(container -> container.getLabels().containsKey(Labels.NODE))
                .toList();
        check(containers.stream().map(Seen::of).toList());
        var byName = new HashMap<String, Container>();
        containers.forEach(container -> byName.put(container.getLabels().get(Labels.NODE), container));
        return byName;
    }

    /** That node's container. */
    Container named(String node) {
        var container = byName().get(node);
        if (container == null) {
            throw new Problem(
                    "there is no container of " + node + " in testbed " + testbed,
                    "See what is there with `./chaos status`.");
        }
        return container;
    }

    /**
     * A container as the engine lists it.
     *
     * @param name without the slash that the engine puts before it
     */
    record Seen(String id, String name, Map<String, String> labels) {
        static Seen of(Container container) {
            var names = container.getNames();
            var name = names == null || names.length == 0 ? "" : names[0];
            return new Seen(container.getId(), name.startsWith("/") ? name.substring(1) : name, container.getLabels());
        }
    }

    /** Throws a {@link Problem} unless these are exactly the testbed's own. */
    void check(List<Seen> containers) {
        var byName = new HashMap<String, Seen>();
        var requests = containers.stream()
                .map(container -> container.labels().getOrDefault(Labels.REQUEST, ""))
                .distinct()
                .toList();
        for (Seen container : containers) {
            var node = container.labels().get(Labels.NODE);
            var other = byName.put(node, container);
            if (other != null) {
                throw foreign("the containers " + other.name() + " and " + container.name()
                        + " both carry the labels of " + node + " of testbed " + testbed);
            }
            var expected = NodeContainers.containerName(testbed, node);
            if (!container.name().equals(expected)) {
                throw foreign("the container " + container.name() + " carries the labels of " + node + " of testbed "
                        + testbed + ", whose name would be " + expected);
            }
            if (topology.nodes().stream().map(Node::name).noneMatch(node::equals)) {
                throw foreign("the container " + container.name() + " carries the labels of testbed " + testbed
                        + ", which has no " + node);
            }
            identity.ifPresent(known -> demandSameId(known, node, container));
        }
        if (requests.size() > 1) {
            throw foreign("the containers of testbed " + testbed + " were not made together: their labels "
                    + Labels.REQUEST + " are " + requests);
        }
        for (Node node : topology.nodes()) {
            if (!byName.containsKey(node.name())) {
                throw new Problem(
                        "the container of " + node.name() + " is gone from testbed " + testbed,
                        "Make the testbed anew with `./chaos down` and `./chaos up`.");
            }
        }
    }

    private static void demandSameId(Identity known, String node, Seen container) {
        if (!container.id().equals(known.containers().get(node))) {
            throw foreign("the container " + container.name() + " is not the one that this harness made: its id is "
                    + shortened(container.id()) + ", not "
                    + shortened(known.containers().getOrDefault(node, "none")));
        }
    }

    private static String shortened(String id) {
        return id.substring(0, Math.min(12, id.length()));
    }

    private static Problem foreign(String what) {
        return new Problem(
                what,
                "Nothing was touched. Remove what is not the harness's own, or the whole testbed with `./chaos down`.");
    }
}
