package aeterna.chaos.observe;

import aeterna.chaos.cluster.Cluster;
import aeterna.chaos.cluster.EndpointsListener;
import aeterna.chaos.cluster.EndpointsStatus;
import aeterna.chaos.model.Entry;
import aeterna.chaos.model.Observer;
import aeterna.chaos.model.Recorder;
import aeterna.chaos.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/**
 * Writes down where services' traffic goes and whose the leaders' locks are: at the beginning, and at the moment when a change is
 * heard.
 *
 * @param clock the runner's own
 */
public record RouteWatch(Cluster cluster, String namespace, Clock clock) implements Observer {
    @Override
    public Watch watch(Recorder recorder) {
        Map<String, EndpointsStatus> known = new HashMap<>();
        var subscription = cluster.listenEndpoints(namespace, new EndpointsListener() {
            @Override
            public void seen(EndpointsStatus now) {
                var before = known.put(now.name(), now);
                if (before == null ? !now.ready().isEmpty() : !before.ready().equals(now.ready())) {
                    recorder.record(new Entry.RouteSeen(clock.nanos(), now.name(), now.ready()));
                }
                if (before == null || !Objects.equals(before.lock(), now.lock())) {
                    now.lock()
                            .ifPresent(lock -> recorder.record(
                                    new Entry.LockSeen(clock.nanos(), now.name(), lock.holder(), lock.ttl())));
                }
            }

            @Override
            public void missed(String why) {
                recorder.record(new Entry.Trouble(clock.nanos(), "endpoints watch", why));
            }
        });
        return subscription::close;
    }
}
