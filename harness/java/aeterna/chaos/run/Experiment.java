package aeterna.chaos.run;

import aeterna.chaos.fault.Fault;
import aeterna.chaos.fault.HeldFault;
import aeterna.chaos.fault.OneShotFault;
import aeterna.chaos.model.Bound;
import aeterna.chaos.model.Hold;
import aeterna.chaos.model.Observer;
import aeterna.chaos.model.Promise;
import aeterna.chaos.model.SteadyCheck;
import aeterna.chaos.workload.Workload;
import java.time.Duration;
import java.util.List;

/** A hypothesis and everything it takes to test it: a value. Every method returns a new one; what is said last counts. */
public final class Experiment {
    private final String hypothesis;
    private List<SteadyCheck> steadyWhen = List.of();
    private List<Workload> workloads = List.of();
    private Fault fault;
    private Hold hold;
    private List<Promise> promises = List.of();
    private List<SteadyCheck> abortUnless = List.of();
    private List<Observer> observers = List.of();
    private Duration patience = Duration.ofMinutes(5);
    private Duration linger = Duration.ofSeconds(5);
    private Duration budget = Duration.ZERO;
    private int warmUp = 20;
    private Bound bound = Bound.USUAL;

    private Experiment(String hypothesis) {
        this.hypothesis = hypothesis;
    }

    private Experiment(Experiment other) {
        hypothesis = other.hypothesis;
        steadyWhen = other.steadyWhen;
        workloads = other.workloads;
        fault = other.fault;
        hold = other.hold;
        promises = other.promises;
        abortUnless = other.abortUnless;
        observers = other.observers;
        patience = other.patience;
        linger = other.linger;
        budget = other.budget;
        warmUp = other.warmUp;
        bound = other.bound;
    }

    /** An experiment that tests whether that is so. */
    public static Experiment that(String hypothesis) {
        return new Experiment(hypothesis);
    }

    /** What is so while the stack is whole: demanded before, waited for after. */
    public Experiment steadyWhen(SteadyCheck... checks) {
        var next = new Experiment(this);
        next.steadyWhen = List.of(checks);
        return next;
    }

    /** The clients that keep working throughout. */
    public Experiment under(Workload... clients) {
        var next = new Experiment(this);
        next.workloads = List.of(clients);
        return next;
    }

    /** What is broken: something that is over once done. */
    public Experiment inject(OneShotFault oneShot) {
        return inject(oneShot, Hold.oneShot());
    }

    /** What is broken, and for how long. */
    public Experiment inject(HeldFault.Held held) {
        return inject(held.fault(), held.hold());
    }

    private Experiment inject(Fault what, Hold howLong) {
        var next = new Experiment(this);
        next.fault = what;
        next.hold = howLong;
        return next;
    }

    /** What is asserted. */
    public Experiment promise(Promise... asserted) {
        var next = new Experiment(this);
        next.promises = List.of(asserted);
        return next;
    }

    /** What must stay so: the moment one of these is not, the run heals, ends and is VOID. */
    public Experiment abortUnless(SteadyCheck... checks) {
        var next = new Experiment(this);
        next.abortUnless = List.of(checks);
        return next;
    }

    /** Who looks on besides those who look on in every run. */
    public Experiment watchedBy(Observer... watching) {
        var next = new Experiment(this);
        next.observers = List.of(watching);
        return next;
    }

    /** When to stop looking, for every single wait; more than zero, five minutes unless said otherwise. Not a promise. */
    public Experiment patience(Duration longest) {
        var next = new Experiment(this);
        next.patience = longest;
        return next;
    }

    /** How long to keep watching for a relapse, once all is well; five seconds unless said otherwise. */
    public Experiment linger(Duration time) {
        var next = new Experiment(this);
        next.linger = time;
        return next;
    }

    /**
     * What all of it may take before it counts as hanging, is healed and VOID; more than zero. Unless said otherwise the hold, the
     * linger and five times the patience: a run in which nothing ever comes back uses it up four times, and proves something.
     */
    public Experiment budget(Duration most) {
        var next = new Experiment(this);
        next.budget = most;
        return next;
    }

    /** How many OK requests every client must have had before the fault; at least 1, twenty unless said otherwise. */
    public Experiment warmUp(int requests) {
        var next = new Experiment(this);
        next.warmUp = requests;
        return next;
    }

    /** How much its fault may hit at most, the usual bound unless said otherwise; more is refused before anything is touched. */
    public Experiment bound(Bound most) {
        var next = new Experiment(this);
        next.bound = most;
        return next;
    }

    /** This experiment, or an exception that says which part of it is missing. */
    Experiment complete() {
        demand(!steadyWhen.isEmpty(), "says nothing of steadiness: add .steadyWhen(…)");
        demand(!workloads.isEmpty(), "has no clients: add .under(…)");
        demand(fault != null, "breaks nothing: add .inject(…)");
        demand(!promises.isEmpty(), "asserts nothing: add .promise(…)");
        demand(patience.compareTo(Duration.ZERO) > 0, "has no patience: say .patience(…) above zero");
        demand(!linger.isNegative(), "lingers for a negative time: say .linger(…) of zero or more");
        demand(!budget.isNegative(), "has a budget below zero: say .budget(…) above zero");
        demand(warmUp >= 1, "warms up with nothing: say .warmUp(…) of 1 or more");
        return this;
    }

    private void demand(boolean condition, String otherwise) {
        if (!condition) {
            throw new IllegalArgumentException("the experiment '" + hypothesis + "' " + otherwise);
        }
    }

    List<SteadyCheck> steadyWhen() {
        return steadyWhen;
    }

    Workload workload() {
        return Workload.together(workloads.toArray(Workload[]::new));
    }

    Fault fault() {
        return fault;
    }

    Hold hold() {
        return hold;
    }

    List<Promise> promises() {
        return promises;
    }

    List<SteadyCheck> abortUnless() {
        return abortUnless;
    }

    List<Observer> observers() {
        return observers;
    }

    Duration patience() {
        return patience;
    }

    Duration linger() {
        return linger;
    }

    Duration budget() {
        return budget.isZero() ? patience.multipliedBy(5).plus(hold.minimum()).plus(linger) : budget;
    }

    Bound bound() {
        return bound;
    }

    int warmUp() {
        return warmUp;
    }

    @Override
    public String toString() {
        return hypothesis;
    }
}
