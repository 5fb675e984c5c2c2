package aeterna.chaos.cluster;

/** Hears of pods as the API server tells of them. Called by one thread at a time; must return quickly. */
public interface PodListener {
    /** A pod is there, or is different from before. */
    void seen(PodStatus pod);

    /** A pod is there no more; this is what was known of it last. */
    void gone(PodStatus pod);

    /** Something may have been missed: the API server was away. */
    void missed(String why);
}
