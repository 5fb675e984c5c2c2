package aeterna.chaos.observe;

import aeterna.chaos.cluster.Cluster;
import aeterna.chaos.cluster.PodListener;
import aeterna.chaos.cluster.PodStatus;
import aeterna.chaos.model.Entry;
import aeterna.chaos.model.Observer;
import aeterna.chaos.model.Recorder;
import aeterna.chaos.time.Clock;

/**
 * Writes down every change of every pod in a namespace, at the moment when it is heard.
 *
 * @param clock the runner's own
 */
public record PodWatch(Cluster cluster, String namespace, Clock clock) implements Observer {
    @Override
    public Watch watch(Recorder recorder) {
        var subscription = cluster.listen(namespace, new PodListener() {
            @Override
            public void seen(PodStatus pod) {
                recorder.record(entry(pod, pod.terminating()));
            }

            @Override
            public void gone(PodStatus pod) {
                recorder.record(entry(pod, true));
            }

            @Override
            public void missed(String why) {
                recorder.record(new Entry.Trouble(clock.nanos(), "pod watch", why));
            }
        });
        return subscription::close;
    }

    private Entry.PodSeen entry(PodStatus pod, boolean gone) {
        return new Entry.PodSeen(
                clock.nanos(),
                pod.id(),
                pod.uid(),
                pod.restarts(),
                pod.owner(),
                pod.node(),
                pod.ready() && !gone,
                gone);
    }
}
