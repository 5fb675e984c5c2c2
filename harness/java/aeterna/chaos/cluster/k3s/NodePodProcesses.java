package aeterna.chaos.cluster.k3s;

import aeterna.chaos.cluster.PodProcesses;
import aeterna.chaos.model.Problem;
import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.model.Frame;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Processes of pods on nodes that are containers: found by the pod's uid in their control groups' paths, which every
 * kubelet and every container runtime writes there. Of the node's image this needs {@code sh} and {@code grep}. Thread-safe.
 */
final class NodePodProcesses implements PodProcesses {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /** The cgroupfs driver writes the uid as it is, systemd's with underscores: a dot stands for both. */
    private static final String FIND = "pids=$(grep -l \"pod$1\" /proc/[0-9]*/cgroup 2>/dev/null"
            + " | while IFS=/ read -r _ _ pid _; do echo \"$pid\"; done); ";

    private static final String COUNT = FIND + "set -- $pids; echo $#";

    /** Those that ended between the two do not matter; a process namespace's first process takes all others along. */
    private static final String KILL = FIND + "[ -z \"$pids\" ] || kill -KILL $pids 2>/dev/null; echo done";

    private final Engine engine;
    private final OwnNodes nodes;

    NodePodProcesses(Engine engine, OwnNodes nodes) {
        this.engine = engine;
        this.nodes = nodes;
    }

    @Override
    public int count(String node, String podUid) {
        var printed = run(node, COUNT, podUid);
        try {
            return Integer.parseInt(printed);
        } catch (NumberFormatException notANumber) {
            throw new Problem(
                    "the processes of pod " + podUid + " could not be counted on " + node + ": " + printed,
                    "See whether the node runs with `./chaos status`.",
                    notANumber);
        }
    }

    @Override
    public void kill(String node, String podUid) {
        var printed = run(node, KILL, podUid);
        if (!printed.equals("done")) {
            throw new Problem(
                    "the processes of pod " + podUid + " could not be killed on " + node + ": " + printed,
                    "See whether the node runs with `./chaos status`.");
        }
    }

    private String run(String node, String script, String podUid) {
        var pattern = podUid.replace('-', '.');
        var container = nodes.named(node);
        return Engine.ask("look at the processes on " + node, () -> {
            var out = new StringBuilder();
            var exec = engine.client()
                    .execCreateCmd(container.getId())
                    .withAttachStdout(true)
                    .withAttachStderr(true)
                    .withCmd("sh", "-c", script, "sh", pattern)
                    .exec();
            var ended = engine.client()
                    .execStartCmd(exec.getId())
                    .exec(new ResultCallback.Adapter<Frame>() {
                        @Override
                        public void onNext(Frame frame) {
                            synchronized (out) {
                                out.append(new String(frame.getPayload(), StandardCharsets.UTF_8));
                            }
                        }
                    })
                    .awaitCompletion(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            synchronized (out) {
                return ended ? out.toString().strip() : "no answer within " + PATIENCE.toSeconds() + " s";
            }
        });
    }
}
