package aeterna.chaos.fault;

import aeterna.chaos.cluster.Flow;
import aeterna.chaos.cluster.NodeStatus;
import aeterna.chaos.cluster.Prober.Attempt;
import aeterna.chaos.cluster.Testbed;
import aeterna.chaos.model.Capability;
import aeterna.chaos.model.Hit;
import aeterna.chaos.model.Injected;
import aeterna.chaos.model.Place;
import aeterna.chaos.model.Problem;
import aeterna.chaos.model.Sighting;
import aeterna.chaos.model.Undo;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * Nobody reaches the Kubernetes API, its own controllers included; the control plane's machine goes on and relays clients to
 * the stack as before.
 */
public final class ControlPlaneOutage implements HeldFault {
    /** Where the API listens on its machine, with every distribution that a testbed can be made of. */
    private static final int API = 6443;

    private static final String VICTIM = "the API";

    private ControlPlaneOutage() {}

    /** Of the testbed's only API server. */
    public static ControlPlaneOutage ofTheApi() {
        return new ControlPlaneOutage();
    }

    @Override
    public Set<Capability> requires() {
        return Set.of(Capability.TRAFFIC);
    }

    @Override
    public Aimed aim(Testbed testbed, RandomGenerator chance) {
        var node = testbed.topology().controlPlane().name();
        var all = testbed.cluster().nodes();
        var address = all.stream()
                .filter(one -> one.name().equals(node))
                .map(NodeStatus::address)
                .findFirst()
                .orElseThrow(() -> new Problem(
                        "the control plane " + node + " is no node of its own cluster", "Make the testbed anew."));
        var others = all.stream()
                .map(NodeStatus::name)
                .filter(name -> !name.equals(node))
                .toList();
        var tag = Tag.draw(chance);
        var flow = new Flow(Place.of(node), Flow.Direction.IN, "", "", "tcp", API);
        return new Plan(
                new Injected(Hit.of(List.of(), List.of(node), List.of()), List.of(new Undo.ClearTraffic(tag))),
                () -> sight(testbed, others, address, all),
                () -> testbed.traffic().block(tag, List.of(flow)));
    }

    /** By connections tried from inside every other node: to the API, and to the rest of its machine and of theirs. */
    private static Sighting sight(Testbed testbed, List<String> others, String address, List<NodeStatus> all) {
        var attempts = new ArrayList<Attempt>();
        others.forEach(node -> attempts.add(Attempt.connect(Place.of(node), address, API)));
        for (var node : all) {
            var from = others.get(0).equals(node.name()) ? others.get(others.size() - 1) : others.get(0);
            attempts.add(Attempt.connect(Place.of(from), node.address(), Reachability.KUBELET));
        }
        var contacts = testbed.prober().reach(attempts);
        var closed = 0;
        for (int i = 0; i < others.size(); i++) {
            closed += contacts.get(i).answered() ? 0 : 1;
        }
        var dark = new ArrayList<String>();
        for (int i = 0; i < all.size(); i++) {
            if (!contacts.get(others.size() + i).answered()) {
                dark.add(all.get(i).name());
            }
        }
        var evidence = closed + " of " + others.size() + " nodes do not reach the API, the machines out of reach are: "
                + Struck.some(dark);
        if (closed > 0) {
            dark.add(VICTIM);
        }
        var sighting = Struck.compare(List.of(VICTIM), dark, evidence);
        return sighting.seen() == Sighting.Seen.LANDED && closed < others.size()
                ? new Sighting(Sighting.Seen.PARTLY, evidence)
                : sighting;
    }

    @Override
    public String toString() {
        return "cut off the Kubernetes API, its machine stays up";
    }
}
