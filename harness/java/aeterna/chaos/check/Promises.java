package aeterna.chaos.check;

import aeterna.chaos.model.Op;
import aeterna.chaos.model.Promise;
import aeterna.chaos.model.Topology;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Everything that can be promised. */
public final class Promises {
    private Promises() {}

    /** No client goes unserved for longer, each judged by itself; whether the fault is still in place makes no difference. */
    public static Promise servedAgainWithin(Duration limit) {
        return new ServedAgainWithin(limit);
    }

    /** The stack is whole again, for good, that long after healing; after the act, when there was nothing to heal. */
    public static Promise redundantAgainWithin(Duration limit) {
        return new RedundantAgainWithin(limit);
    }

    /** For every pod that was hit another one, or its restarted self, is Ready that long after the act began. */
    public static Promise newPodReadyWithin(Duration limit) {
        return new NewPodReadyWithin(limit);
    }

    /** Every write that was acknowledged is there when it is read back after healing. */
    public static Promise noAcknowledgedWriteLost() {
        return new NoAcknowledgedWriteLost();
    }

    /** Whatever is lost of what was acknowledged was acknowledged within so short a time: for stores that replicate asynchronously. */
    public static Promise lossWindowWithin(Duration window) {
        return new LossWindowWithin(window);
    }

    /** No two instances acknowledge writes on different timelines in the same time. */
    public static Promise neverTwoPrimaries() {
        return new NeverTwoPrimaries();
    }

    /** As {@link #servedAgainWithin}, for the clients that write alone. */
    public static Promise writesServedAgainWithin(Duration limit) {
        return new ServedAgainWithin(limit, Optional.of(Op.Kind.WRITE));
    }

    /** As {@link #servedAgainWithin}, for the clients that read alone. */
    public static Promise readsServedAgainWithin(Duration limit) {
        return new ServedAgainWithin(limit, Optional.of(Op.Kind.READ));
    }

    /** Whoever was not served while a fault was in place is served again that long after it was healed. */
    public static Promise servedAfterHealingWithin(Duration limit) {
        return new ServedAfterHealingWithin(limit);
    }

    /** No more promotions than that, by the timelines that acknowledgements tell of. */
    public static Promise promotionsAtMost(int most) {
        return new PromotionsAtMost(most);
    }

    /** Somebody leads that component again so long after the act. */
    public static Promise leaderElectedWithin(String component, Duration limit) {
        return new LeaderElectedWithin(component, limit);
    }

    /** No pod goes or restarts but those that were hit themselves. */
    public static Promise nobodyElseRestarts() {
        return new NobodyElseRestarts();
    }

    /** That many pods of a Deployment or StatefulSet are Ready all the time. */
    public static Promise neverFewerReady(String workload, int least) {
        return new NeverFewerReady(workload, least);
    }

    /** As many pods as before are Ready on nodes that were not hit, that long after the act and with the fault still in place. */
    public static Promise wholeElsewhereWithin(Duration limit, List<String> workloads) {
        return new WholeElsewhereWithin(limit, workloads);
    }

    /** When the fault ends, the pods of these that were on the nodes that were hit have no place, and nobody else. */
    public static Promise exactlyTheseWait(List<String> workloads) {
        return new ExactlyTheseWait(workloads);
    }

    /** At the end, no zone has more than one Ready pod of it more than another one. */
    public static Promise evenlySpread(Topology topology, String workload) {
        return new EvenlySpread(topology, workload);
    }

    /** There are more Ready replicas than at first, that long after the clients began. */
    public static Promise scaledOutWithin(String workload, Duration limit) {
        return new ScaledOutWithin(workload, limit);
    }

    /** Nobody who knocks and is not the gateway is let in, before the act, while it lasts, and after. */
    public static Promise neverLetIn() {
        return new NeverLetIn();
    }

    /** An alert of that name fires that long after the act. */
    public static Promise alertFiresWithin(String name, Duration limit) {
        return new AlertFiresWithin(name, limit);
    }

    /** No alert fires but of these names; none at all if there are no names. */
    public static Promise noAlertBut(String... names) {
        return new NoAlertBut(List.of(names));
    }

    /** The last alert is over that long after healing. */
    public static Promise alertsResolveWithin(Duration limit) {
        return new AlertsResolveWithin(limit);
    }

    /** What was restored to a point in time holds every write that was acknowledged before it, and none that was sent after it. */
    public static Promise restoredExactly() {
        return new RestoredExactly();
    }
}
