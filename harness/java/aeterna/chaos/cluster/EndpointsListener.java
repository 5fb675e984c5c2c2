package aeterna.chaos.cluster;

/** Hears of Endpoints objects as the API server tells of them. Called by one thread at a time; must return quickly. */
public interface EndpointsListener {
    /** It is there, or different from before. */
    void seen(EndpointsStatus endpoints);

    /** Something may have been missed: the API server was away. */
    void missed(String why);
}
