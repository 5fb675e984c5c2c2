package aeterna.chaos.workload;

import aeterna.chaos.model.Entry;
import aeterna.chaos.model.Recorder;
import aeterna.chaos.time.Timekeeper;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Several workloads as one. */
record Together(List<Workload> workloads) implements Workload {
    @Override
    public Running start(Timekeeper time, Recorder recorder) {
        var parts = new ArrayList<Running>();
        try {
            for (var workload : workloads) {
                parts.add(workload.start(time, recorder));
            }
        } catch (RuntimeException half) {
            parts.forEach(Running::close);
            throw half;
        }
        return new Running() {
            @Override
            public void stop() {
                parts.forEach(Running::stop);
            }

            @Override
            public boolean idle() {
                return parts.stream().allMatch(Running::idle);
            }

            @Override
            public List<Entry.ReadBack> readBack() throws Exception {
                var all = new ArrayList<Entry.ReadBack>();
                for (var part : parts) {
                    all.addAll(part.readBack());
                }
                return all;
            }

            @Override
            public void close() {
                parts.forEach(Running::close);
            }
        };
    }

    @Override
    public String toString() {
        return workloads.stream().map(Workload::toString).collect(Collectors.joining(" and "));
    }
}
