package aeterna.chaos.fakes;

import aeterna.chaos.model.Progress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Progress that is remembered. Thread-safe. */
public final class RecordedProgress implements Progress {
    private final List<String> lines = new CopyOnWriteArrayList<>();

    @Override
    public Step begin(String what, Duration expected) {
        lines.add("begin " + what);
        return new Step() {
            @Override
            public void at(long done, long total, String detail) {
                lines.add("at " + what + " " + done + "/" + total + " " + detail);
            }

            @Override
            public void close() {
                lines.add("end " + what);
            }

            @Override
            public void failed(String why) {
                lines.add("failed " + what + ": " + why);
            }
        };
    }

    /** What was said so far. */
    public List<String> lines() {
        return List.copyOf(lines);
    }
}
