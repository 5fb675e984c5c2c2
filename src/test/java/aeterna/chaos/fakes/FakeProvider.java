package aeterna.chaos.fakes;

import aeterna.chaos.cluster.Provider;
import aeterna.chaos.cluster.Testbed;
import aeterna.chaos.cluster.TestbedRequest;
import aeterna.chaos.model.Problem;
import aeterna.chaos.model.Progress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A provider of one testbed that is there already; others can keep it. */
public final class FakeProvider implements Provider {
    public Optional<Testbed> testbed;

    /** How often {@link #reserve} is refused, because somebody else keeps the testbed. */
    public int keptByOthers;

    /** What is done for each refusal, such as what the one who keeps it does meanwhile. */
    public Runnable whileKept = () -> {};

    /** Every reservation and its end, in order. */
    public final List<String> acts = new ArrayList<>();

    public FakeProvider(Testbed testbed) {
        this.testbed = Optional.of(testbed);
    }

    @Override
    public String name() {
        return "fake";
    }

    @Override
    public Reservation reserve(String name, Purpose purpose) {
        if (keptByOthers > 0) {
            keptByOthers--;
            whileKept.run();
            throw new Problem("another run is using the testbed", "Wait.");
        }
        acts.add("reserve for " + purpose);
        return () -> acts.add("release");
    }

    @Override
    public Optional<Testbed> find(String name) {
        return testbed;
    }

    @Override
    public Testbed up(TestbedRequest request, Progress progress) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Removed down(String name) {
        acts.add("down " + name);
        return new Removed(1, 1);
    }
}
