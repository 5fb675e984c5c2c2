package aeterna.chaos.fault;

import aeterna.chaos.cluster.Flow;
import aeterna.chaos.cluster.PodStatus;
import aeterna.chaos.cluster.Prober;
import aeterna.chaos.cluster.Prober.Attempt;
import aeterna.chaos.cluster.Testbed;
import aeterna.chaos.model.Capability;
import aeterna.chaos.model.Hit;
import aeterna.chaos.model.Injected;
import aeterna.chaos.model.Place;
import aeterna.chaos.model.Problem;
import aeterna.chaos.model.Sighting;
import aeterna.chaos.model.Target;
import aeterna.chaos.model.Undo;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;

/** Pods get no answer to any question for a name; everything else on their network works. */
public final class DnsLoss implements HeldFault {
    private static final int DNS = 53;

    /** A name that every cluster has. */
    private static final String NAME = "kubernetes.default.svc.cluster.local";

    private final Target target;

    private DnsLoss(Target target) {
        this.target = target;
    }

    /** Those pods. */
    public static DnsLoss of(Target target) {
        return new DnsLoss(target);
    }

    @Override
    public Set<Capability> requires() {
        return Set.of(Capability.TRAFFIC);
    }

    @Override
    public Aimed aim(Testbed testbed, RandomGenerator chance) {
        var victims = Machinery.pods(testbed, target, chance);
        var tag = Tag.draw(chance);
        var all = testbed.cluster().pods();
        var servers = all.stream()
                .filter(pod -> "kube-dns".equals(pod.labels().get("k8s-app")))
                .filter(pod -> pod.ready() && !pod.address().isEmpty())
                .toList();
        if (servers.isEmpty()) {
            throw new Problem(
                    "no name server of the cluster is Ready", "Look at the pods of CoreDNS with `./chaos status`.");
        }
        var flows = new ArrayList<Flow>();
        for (var victim : victims) {
            for (var protocol : List.of("udp", "tcp")) {
                // On the node, where they arrive from the pod: a pod whose own kernel drops them is told so at once.
                flows.add(new Flow(
                        Place.of(victim.node()), Flow.Direction.IN, victim.address() + "/32", "", protocol, DNS));
            }
        }
        var namespaces = victims.stream().map(PodStatus::namespace).toList();
        var asking = all.stream()
                .filter(pod -> namespaces.contains(pod.namespace()) && pod.ready() && !pod.terminating())
                .toList();
        return new Plan(
                new Injected(Hit.of(Machinery.ids(victims), List.of(), List.of()), List.of(new Undo.ClearTraffic(tag))),
                () -> sight(testbed, victims, asking, servers),
                () -> testbed.traffic().block(tag, flows));
    }

    /** By asking for a name from inside every pod of the victims' namespaces. */
    private static Sighting sight(
            Testbed testbed, List<PodStatus> victims, List<PodStatus> asking, List<PodStatus> servers) {
        var contacts = testbed.prober()
                .reach(asking.stream()
                        .map(pod -> new Attempt(
                                Machinery.place(pod), elsewhere(pod, servers).address(), DNS, NAME))
                        .toList());
        var deaf = new ArrayList<String>();
        for (int i = 0; i < asking.size(); i++) {
            // A pod that is gone cannot ask, and is no victim of this.
            if (contacts.get(i).outcome() == Prober.Outcome.TIMEOUT) {
                deaf.add(asking.get(i).id());
            }
        }
        return Struck.compare(
                Machinery.ids(victims),
                deaf,
                deaf.size() + " of " + asking.size() + " pods get no answer to a question for a name: "
                        + Struck.some(deaf));
    }

    /** One on another node if there is any: between pods of one node, packets may not pass the node's own filter. */
    private static PodStatus elsewhere(PodStatus asking, List<PodStatus> servers) {
        return servers.stream()
                .filter(server -> !server.node().equals(asking.node()))
                .findFirst()
                .orElse(servers.get(0));
    }

    @Override
    public String toString() {
        return "answer no question of " + target + " for names";
    }
}
