package aeterna.chaos.fakes;

import aeterna.chaos.cluster.Testbed;
import aeterna.chaos.fault.Aimed;
import aeterna.chaos.fault.HeldFault;
import aeterna.chaos.fault.OneShotFault;
import aeterna.chaos.model.Capability;
import aeterna.chaos.model.Floor;
import aeterna.chaos.model.Hit;
import aeterna.chaos.model.Injected;
import aeterna.chaos.model.Sighting;
import aeterna.chaos.model.Sighting.Seen;
import aeterna.chaos.model.Undo;
import aeterna.chaos.model.Witness;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.random.RandomGenerator;

/** A fault that does whatever a test says; honest unless told otherwise: its witness sees it once it is injected, until it is undone. */
public final class FakeFault implements OneShotFault, HeldFault {
    private boolean injected;
    private Set<Capability> requires = Set.of();
    private List<Undo> undo = List.of();
    private Runnable aiming = () -> {};
    private Act act = () -> {};
    private Witness witness = () -> new Sighting(injected ? Seen.LANDED : Seen.NOTHING, "postgres-1");
    private RandomGenerator chance;

    /** What it does. */
    public interface Act {
        void go() throws Exception;
    }

    public FakeFault requires(Capability capability) {
        requires = Set.of(capability);
        return this;
    }

    /** Freezes that node; the machines undo it. */
    public FakeFault freezing(FakeMachines machines, String node) {
        undo = List.of(new Undo.Thaw(new TreeSet<>(Set.of(node))));
        act = () -> machines.freeze(List.of(node));
        witness = () -> new Sighting(
                machines.all().stream().allMatch(machine -> machine.whole()) ? Seen.NOTHING : Seen.LANDED, node);
        return this;
    }

    public FakeFault undo(Undo... steps) {
        undo = List.of(steps);
        return this;
    }

    public FakeFault aiming(Runnable first) {
        aiming = first;
        return this;
    }

    /** Does this too. */
    public FakeFault doing(Act more) {
        var before = act;
        act = () -> {
            before.go();
            more.go();
        };
        return this;
    }

    public FakeFault seenBy(Witness by) {
        witness = by;
        return this;
    }

    public boolean injected() {
        return injected;
    }

    public RandomGenerator chance() {
        return chance;
    }

    @Override
    public Set<Capability> requires() {
        return requires;
    }

    @Override
    public Optional<Floor> floor() {
        return Optional.of(new Floor(List.of(
                new Floor.Part("lease", Duration.ofSeconds(5)), new Floor.Part("promotion", Duration.ofSeconds(1)))));
    }

    @Override
    public Aimed aim(Testbed testbed, RandomGenerator source) {
        injected = false;
        chance = source;
        aiming.run();
        return new Aimed() {
            @Override
            public Injected planned() {
                return new Injected(Hit.of(List.of("aeterna/postgres-1"), List.of("node-1"), List.of("zone-a")), undo);
            }

            @Override
            public Witness witness() {
                return witness;
            }

            @Override
            public void inject() throws Exception {
                injected = true;
                act.go();
            }
        };
    }

    @Override
    public String toString() {
        return "break the fake";
    }
}
