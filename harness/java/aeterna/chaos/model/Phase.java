package aeterna.chaos.model;

/** The steps of one run, in order. */
public enum Phase {
    HEAL_LEFTOVERS(1, "heal leftovers of earlier runs"),
    STEADY(2, "steady?"),
    FLOOR(3, "compute the floor"),
    WARM_UP(4, "start the workloads"),
    INJECT(5, "inject"),
    WITNESS(6, "witness: landed, and only there?"),
    HOLD(7, "hold until served"),
    HEAL(8, "heal"),
    REDUNDANT(9, "wait until redundant"),
    LINGER(10, "linger: no relapse"),
    READ_BACK(11, "stop the workloads, read the ledger back"),
    EVIDENCE(12, "save history and evidence"),
    JUDGE(13, "judge");

    private final int number;
    private final String words;

    Phase(int number, String words) {
        this.number = number;
        this.words = words;
    }

    /** Its number in the run, 1 to 13. */
    public int number() {
        return number;
    }

    @Override
    public String toString() {
        return words;
    }
}
