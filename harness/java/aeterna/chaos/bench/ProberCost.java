package aeterna.chaos.bench;

import aeterna.chaos.client.HttpEntrance;
import aeterna.chaos.history.HistoryFile;
import aeterna.chaos.model.Op;
import aeterna.chaos.time.Timekeeper;
import aeterna.chaos.workload.AckedWrites;
import aeterna.chaos.workload.Workload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import tools.jackson.databind.json.JsonMapper;

/**
 * A process that is nothing but a workload of 200 requests a second, half of them over new connections, and its history
 * on the disk; says as one line of JSON what it used of the cores.
 */
final class ProberCost {
    private static final Duration WARM_UP = Duration.ofSeconds(10);
    private static final Duration MEASURED = Duration.ofSeconds(30);

    private ProberCost() {}

    /** Takes the port of a server, and the file for the history. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        OtherProcess.endWithItsParent();
        var address = "http://127.0.0.1:" + arguments[0];
        var file = Path.of(arguments[1]);
        var time = Timekeeper.system();
        try (var histories = HistoryFile.open(file)) {
            var recording = histories.begin(Trials.began(time, "the cost of the prober"));
            var running = Workload.together(
                            AckedWrites.through(new HttpEntrance("one", address), Trials.SPACING),
                            AckedWrites.through(new HttpEntrance("two", address), Trials.SPACING))
                    .start(time, recording);
            var start = Reading.now(time);
            time.pause(WARM_UP);
            var warm = Reading.now(time);
            time.pause(MEASURED);
            var end = Reading.now(time);
            running.close();
            var ops = recording
                    .history()
                    .all(Op.class)
                    .filter(op -> op.ended() >= warm.at && op.ended() < end.at)
                    .toList();
            var row = new LinkedHashMap<String, Object>();
            row.put("cores", warm.coresUntil(end));
            row.put("warm_up_cores", start.coresUntil(warm));
            row.put("seconds", (end.at - warm.at) / 1e9);
            row.put("ops_per_s", ops.size() / ((end.at - warm.at) / 1e9));
            row.put("ok", ops.stream().filter(Op::ok).count());
            row.put("not_ok", ops.stream().filter(op -> !op.ok()).count());
            System.out.println(JsonMapper.shared().writeValueAsString(row));
        } finally {
            Files.deleteIfExists(file);
        }
        System.exit(0);
    }

    /** This process's time on the cores at a moment. */
    private record Reading(long at, Duration cpu) {
        static Reading now(Timekeeper time) {
            return new Reading(
                    time.nanos(),
                    ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO));
        }

        double coresUntil(Reading later) {
            return later.cpu.minus(cpu).toNanos() / (double) (later.at - at);
        }
    }
}
