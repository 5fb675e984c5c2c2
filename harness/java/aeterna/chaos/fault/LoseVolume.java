package aeterna.chaos.fault;

import aeterna.chaos.cluster.PodStatus;
import aeterna.chaos.cluster.Testbed;
import aeterna.chaos.model.Capability;
import aeterna.chaos.model.Floor;
import aeterna.chaos.model.Hit;
import aeterna.chaos.model.Injected;
import aeterna.chaos.model.Loss;
import aeterna.chaos.model.Problem;
import aeterna.chaos.model.Sighting;
import aeterna.chaos.model.Sighting.Seen;
import aeterna.chaos.model.Target;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/** A pod loses its claimed volumes with all data in them, and dies of it at once; its owner starts it again on empty ones. */
public final class LoseVolume implements OneShotFault {
    private final Target target;

    private LoseVolume(Target target) {
        this.target = target;
    }

    /** The volumes of those pods. */
    public static LoseVolume of(Target target) {
        return new LoseVolume(target);
    }

    @Override
    public Set<Capability> requires() {
        return Set.of(Capability.POD_PROCESSES);
    }

    @Override
    public Optional<Floor> floor() {
        return target.floor(Loss.ABRUPT);
    }

    private record Claim(String namespace, String name, String uid) {}

    @Override
    public Aimed aim(Testbed testbed, RandomGenerator chance) {
        var all = testbed.cluster().pods();
        var victims = PodsGone.victims(target.resolve(chance).pods(), all, target);
        var doomed = new ArrayList<Claim>();
        victims.forEach(victim -> doomed.addAll(claims(testbed, victim)));
        for (var victim : victims) {
            if (claims(testbed, victim).isEmpty()) {
                throw new Problem(victim.id() + " claims no volume", "Aim at something that keeps data.");
            }
        }
        var spared = new TreeMap<String, Claim>();
        all.stream()
                .filter(pod -> victims.stream().anyMatch(victim -> pod.owner().equals(victim.owner())))
                .filter(pod -> !victims.contains(pod))
                .forEach(pod -> claims(testbed, pod).forEach(claim -> spared.put(claim.name(), claim)));
        var gone = new PodsGone(testbed, victims, all);
        return new Plan(
                new Injected(Hit.of(Machinery.ids(victims), List.of(), List.of()), List.of()),
                () -> sight(testbed, doomed, List.copyOf(spared.values()), gone.look()),
                () -> lose(testbed, victims, doomed));
    }

    private static List<Claim> claims(Testbed testbed, PodStatus pod) {
        return testbed.cluster().parts(pod.namespace(), pod.name()).stream()
                .flatMap(parts -> parts.claims().values().stream())
                .flatMap(name -> testbed.cluster().claim(pod.namespace(), name).stream()
                        .map(uid -> new Claim(pod.namespace(), name, uid)))
                .toList();
    }

    /** The claims first: they stay for as long as their pod does, and must not be there any more when it comes again. */
    private static void lose(Testbed testbed, List<PodStatus> victims, List<Claim> doomed) {
        for (var claim : doomed) {
            testbed.cluster().deleteClaim(claim.namespace(), claim.name(), claim.uid());
        }
        for (var victim : victims) {
            testbed.podProcesses().kill(victim.node(), victim.uid());
            testbed.cluster().deletePod(victim.namespace(), victim.name(), victim.uid(), Optional.of(Duration.ZERO));
        }
    }

    /** By the claims' uids, which no new volume has, next to the pods and their processes. */
    private static Sighting sight(Testbed testbed, List<Claim> doomed, List<Claim> spared, Sighting pods) {
        var lost = new ArrayList<String>();
        for (var claims : List.of(doomed, spared)) {
            for (var claim : claims) {
                if (!testbed.cluster().claim(claim.namespace(), claim.name()).equals(Optional.of(claim.uid()))) {
                    lost.add(claim.name());
                }
            }
        }
        var volumes = Struck.compare(
                doomed.stream().map(Claim::name).toList(), lost, "gone are the volumes " + Struck.some(lost));
        var words = volumes.what() + "; " + pods.what();
        if (volumes.seen() == Seen.ELSEWHERE || pods.seen() == Seen.ELSEWHERE) {
            return new Sighting(Seen.ELSEWHERE, words);
        }
        return new Sighting(volumes.seen() == pods.seen() ? volumes.seen() : Seen.PARTLY, words);
    }

    @Override
    public String toString() {
        return "lose the volume of " + target;
    }
}
