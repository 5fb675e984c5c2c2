package aeterna.chaos.cluster.k3s;

import static org.assertj.core.api.Assertions.assertThat;

import aeterna.chaos.cluster.Healing;
import aeterna.chaos.cluster.Testbed;
import aeterna.chaos.journal.Residue;
import aeterna.chaos.junit.OnTestbed;
import aeterna.chaos.model.Image;
import aeterna.chaos.model.Mark;
import aeterna.chaos.model.Trace;
import aeterna.chaos.time.Waiting;
import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.model.Frame;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** One trace of every kind is planted on the real testbed: each must be found, and an untouched testbed must show none. */
@OnTestbed
class ResidueIT {
    /** A machine that is switched on again is Ready, and rid of its taints, within half a minute. */
    private static final Waiting CLEAN = Waiting.atMost(Duration.ofSeconds(90));

    private static final String POLICY = """
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {name: chaos-planted, namespace: default, labels: {%s: planted}}
            spec: {podSelector: {matchLabels: {nobody: is-called-so}}, policyTypes: [Ingress]}
            """.formatted(Mark.LABEL);

    /** Finds the node's own control group, where the host's tree is mounted. */
    private static final String GROUP = "group=$(sed -n 's/^[0-9]*:%1$s:\\(.*\\)/\\1/p' /proc/1/cgroup); ";

    private final Engine engine = Engine.local();
    private final List<Runnable> removals = new ArrayList<>();

    @AfterEach
    void removeAll() {
        Collections.reverse(removals);
        var failed = new ArrayList<Throwable>();
        for (var removal : removals) {
            try {
                removal.run();
            } catch (RuntimeException | AssertionError stays) {
                failed.add(stays);
            }
        }
        removals.clear();
        assertThat(failed).isEmpty();
    }

    @Test
    void everyKindOfTraceIsFoundAndAnUntouchedTestbedHasNone(Testbed testbed, Map<String, Image> images) {
        var residue = new Residue(testbed);
        assertThat(CLEAN.until(residue::look, List::isEmpty))
                .as("an untouched testbed; now %s", residue.look())
                .isPresent();

        inNode(
                testbed,
                "tc qdisc add dev eth0 root handle ae7e: tbf rate 1gbit burst 1mbit latency 400ms",
                "tc qdisc del dev eth0 root");
        inNode(
                testbed,
                "iptables -A INPUT -p tcp --dport 9 -m comment --comment '" + Mark.WORD + ": planted' -j DROP",
                "iptables -D INPUT -p tcp --dport 9 -m comment --comment '" + Mark.WORD + ": planted' -j DROP");
        inNode(testbed, "ip route add blackhole 203.0.113.0/24", "ip route del blackhole 203.0.113.0/24");
        inNode(
                testbed,
                "sleep 601 & kill -STOP $!; echo $! >/run/planted-stopped",
                "kill -KILL $(cat /run/planted-stopped)");
        inNode(
                testbed,
                "cp /bin/sleep /opt/" + Mark.WORD + "-planted; /opt/" + Mark.WORD
                        + "-planted 602 & echo $! >/run/planted-process",
                "kill -KILL $(cat /run/planted-process); rm /opt/" + Mark.WORD + "-planted");
        inNode(
                testbed,
                "mkdir -p /var/lib/rancher/k3s/storage/planted; truncate -s 1M /var/lib/rancher/k3s/storage/planted/"
                        + Mark.FILE + "planted",
                "rm -r /var/lib/rancher/k3s/storage/planted");
        inNode(
                testbed,
                "truncate -s 4M /run/planted.img; mkfs.ext4 -q /run/planted.img; mkdir /run/planted; mount -o loop /run/planted.img /run/planted",
                "umount /run/planted; rmdir /run/planted; rm /run/planted.img");
        inNode(
                testbed,
                "unshare --time --boottime 1000 sleep 603 & sleep 0.2; echo $! >/run/planted-clock",
                "kill -KILL $(cat /run/planted-clock)");
        inNode(
                testbed,
                GROUP.formatted("freezer") + "mkdir /sys/fs/cgroup/freezer$group/planted; sleep 604 & "
                        + "echo $! >/sys/fs/cgroup/freezer$group/planted/cgroup.procs; echo FROZEN >/sys/fs/cgroup/freezer$group/planted/freezer.state",
                GROUP.formatted("freezer") + "echo THAWED >/sys/fs/cgroup/freezer$group/planted/freezer.state; "
                        + "kill -KILL $(cat /sys/fs/cgroup/freezer$group/planted/cgroup.procs); sleep 0.5; rmdir /sys/fs/cgroup/freezer$group/planted");
        inNode(
                testbed,
                GROUP.formatted("cpu") + "echo 100000 >/sys/fs/cgroup/cpu$group/cpu.cfs_quota_us",
                GROUP.formatted("cpu") + "echo -1 >/sys/fs/cgroup/cpu$group/cpu.cfs_quota_us");
        testbed.cluster().apply(POLICY);
        removals.add(() -> run(testbed, "node-0", "kubectl delete networkpolicy chaos-planted"));
        onServer(testbed, "kubectl cordon node-1", "kubectl uncordon node-1");
        onServer(testbed, "kubectl taint node node-1 planted=yes:NoSchedule", "kubectl taint node node-1 planted-");
        plantHelper(testbed, images.get("busybox").reference());
        removals.add(() -> Healing.of(testbed.machines()).heal());
        testbed.machines().cutOff(List.of("node-2"));
        testbed.machines().freeze(List.of("node-2"));
        testbed.machines().powerOff(List.of("node-3"));

        var found = residue.look();
        System.out.println(found);
        assertThat(found).extracting(Trace::kind).contains(Trace.Kind.values());
        for (var kind : List.of(
                Trace.Kind.QUEUE,
                Trace.Kind.FILTER,
                Trace.Kind.ROUTE,
                Trace.Kind.STOPPED,
                Trace.Kind.PROCESS,
                Trace.Kind.FILE,
                Trace.Kind.MOUNT,
                Trace.Kind.CLOCK,
                Trace.Kind.LIMIT,
                Trace.Kind.CORDON)) {
            assertThat(found)
                    .filteredOn(trace -> trace.kind() == kind)
                    .as("where %s was planted", kind)
                    .extracting(Trace::where)
                    .containsOnly("node-1");
        }

        removeAll();
        assertThat(CLEAN.until(residue::look, List::isEmpty))
                .as("everything is removed; now %s", residue.look())
                .isPresent();
    }

    /** A helper whose process is long gone: no process has the number. */
    private void plantHelper(Testbed testbed, String image) {
        var labels = new HashMap<>(Labels.ofHelper(testbed.name()));
        labels.put(Labels.OWNER, Integer.toString(Integer.MAX_VALUE));
        engine.client()
                .createContainerCmd(image)
                .withLabels(labels)
                .withCmd("sleep", "1")
                .exec();
        removals.add(testbed::removeStrays);
    }

    private void inNode(Testbed testbed, String plant, String remove) {
        run(testbed, "node-1", plant);
        removals.add(() -> run(testbed, "node-1", remove));
    }

    private void onServer(Testbed testbed, String plant, String remove) {
        run(testbed, "node-0", plant);
        removals.add(() -> run(testbed, "node-0", remove));
    }

    private void run(Testbed testbed, String node, String script) {
        var container = NodeContainers.containerName(testbed.name(), node);
        Engine.ask("plant in " + node, () -> {
            var out = new StringBuilder();
            var exec = engine.client()
                    .execCreateCmd(container)
                    .withAttachStdout(true)
                    .withAttachStderr(true)
                    // Not even what stays in the background keeps its streams open.
                    .withCmd(
                            "sh",
                            "-c",
                            "sh -ec \"$1\" >/run/planted.log 2>&1 </dev/null || { cat /run/planted.log; exit 1; }",
                            "sh",
                            script)
                    .exec();
            engine.client()
                    .execStartCmd(exec.getId())
                    .exec(new ResultCallback.Adapter<Frame>() {
                        @Override
                        public void onNext(Frame frame) {
                            out.append(new String(frame.getPayload(), StandardCharsets.UTF_8));
                        }
                    })
                    .awaitCompletion();
            var code = engine.client().inspectExecCmd(exec.getId()).exec().getExitCodeLong();
            assertThat(code).as("%s in %s: %s", script, node, out).isZero();
            return Arrays.asList(script);
        });
    }
}
