package aeterna.chaos.fault;

import aeterna.chaos.cluster.PodStatus;
import aeterna.chaos.cluster.Testbed;
import aeterna.chaos.model.Capability;
import aeterna.chaos.model.Floor;
import aeterna.chaos.model.Hit;
import aeterna.chaos.model.Injected;
import aeterna.chaos.model.Loss;
import aeterna.chaos.model.Place;
import aeterna.chaos.model.Sighting;
import aeterna.chaos.model.Target;
import aeterna.chaos.model.Undo;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/** All processes of a pod stop and keep their memory and connections; probes that are started in it stop as well. */
public final class FreezePod implements HeldFault {
    private final Target target;

    private FreezePod(Target target) {
        this.target = target;
    }

    /** Those pods. */
    public static FreezePod of(Target target) {
        return new FreezePod(target);
    }

    @Override
    public Set<Capability> requires() {
        return Set.of(Capability.POD_PROCESSES);
    }

    @Override
    public Optional<Floor> floor() {
        return target.floor(Loss.SILENT);
    }

    @Override
    public Aimed aim(Testbed testbed, RandomGenerator chance) {
        var victims = Machinery.pods(testbed, target, chance);
        var places = victims.stream().map(Machinery::place).collect(Collectors.toCollection(TreeSet::new));
        return new Plan(
                new Injected(Hit.of(Machinery.ids(victims), List.of(), List.of()), List.of(new Undo.ThawPods(places))),
                () -> sight(testbed, victims),
                () -> places.forEach(testbed.podProcesses()::freeze));
    }

    /** By the state of every process in every pod, as the host's kernel has it. */
    private static Sighting sight(Testbed testbed, List<PodStatus> victims) {
        var names = testbed.cluster().pods().stream()
                .collect(Collectors.toMap(Machinery::place, PodStatus::id, (one, same) -> one));
        var looks = testbed.podProcesses().look();
        var frozen = looks.entrySet().stream()
                .flatMap(node -> node.getValue().pods().entrySet().stream()
                        .filter(pod -> pod.getValue().frozen())
                        .map(pod -> new Place(node.getKey(), pod.getKey())))
                .map(place -> names.getOrDefault(place, place.toString()))
                .toList();
        var evidence = victims.stream()
                .map(victim -> victim.id() + " has " + looks.get(victim.node()).pod(victim.uid()))
                .collect(Collectors.joining("; "));
        return Struck.compare(Machinery.ids(victims), frozen, evidence);
    }

    @Override
    public String toString() {
        return "freeze the pod of " + target;
    }
}
