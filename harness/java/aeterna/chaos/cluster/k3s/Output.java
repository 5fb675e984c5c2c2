package aeterna.chaos.cluster.k3s;

import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.model.Frame;
import com.github.dockerjava.api.model.StreamType;
import java.nio.charset.StandardCharsets;

/** What a program in a container prints, by stream. Thread-safe. */
final class Output extends ResultCallback.Adapter<Frame> {
    private final StringBuilder out = new StringBuilder();
    private final StringBuilder err = new StringBuilder();

    @Override
    public synchronized void onNext(Frame frame) {
        var to = frame.getStreamType() == StreamType.STDERR ? err : out;
        to.append(new String(frame.getPayload(), StandardCharsets.UTF_8));
    }

    /** All that came on standard output so far. */
    synchronized String out() {
        return out.toString();
    }

    /** All that came on standard error so far, without the space around it. */
    synchronized String err() {
        return err.toString().strip();
    }
}
