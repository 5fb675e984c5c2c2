package aeterna.chaos.model;

/** The stages of a recovery, in order. */
public enum Stage {
    /** Until somebody whose business it is knows of the damage. */
    DETECT("detect"),
    /** Until it is certain who takes over. */
    DECIDE("decide"),
    /** Until that one has the role. */
    PROMOTE("promote"),
    /** Until traffic is sent there. */
    PUBLISH("publish endpoints"),
    /** Until the clients' requests succeed again. */
    RECONNECT("reconnect");

    private final String words;

    Stage(String words) {
        this.words = words;
    }

    @Override
    public String toString() {
        return words;
    }
}
