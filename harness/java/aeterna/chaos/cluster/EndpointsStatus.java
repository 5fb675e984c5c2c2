package aeterna.chaos.cluster;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * An Endpoints object as the API server tells of it: where a service's traffic goes, and whose a leader lock kept in it is.
 *
 * @param name the service's, or the lock's
 * @param ready the pods that get traffic, by name, sorted; an address where no pod is named
 * @param lock empty where there is no lock in it
 */
public record EndpointsStatus(String name, List<String> ready, Optional<Lock> lock) {
    public EndpointsStatus {
        ready = List.copyOf(ready);
    }

    /**
     * A leader's lock.
     *
     * @param holder empty when nobody holds it
     * @param renewed the holder's own words for when it renewed it last: changes each time it does
     * @param ttl how long it is valid unless renewed; zero when it does not say
     */
    public record Lock(String holder, String renewed, Duration ttl) {}
}
