package aeterna.chaos.status;

import static org.assertj.core.api.Assertions.assertThat;

import aeterna.chaos.model.Machine.Power;
import aeterna.chaos.model.SteadyCheck.Look;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DrawingTest {
    private static final Drawing NARROW = new Drawing(80, false);

    private final Pictures pictures = new Pictures();

    @Test
    void zonesNodesAndPodsWithWhoLeads() {
        assertThat(String.join("\n", NARROW.of(pictures.at(0)))).isEqualTo("""
                testbed tried  fake, two-zones, profile recommended  12:00:00 UTC

                component   pods  state
                postgres    2/2   steady   2 pods ready
                api         1/1   steady   1 pod ready

                outside every zone
                  node-0  on, Ready  10.0.0.0

                zone-a
                  node-1  on, Ready  10.0.0.1
                    ● aeterna-postgres-1  postgres  primary
                    and 1 add-on

                zone-b
                  node-2  on, Ready  10.0.0.2
                    ● aeterna-5d8f-abcde  api
                    ● aeterna-postgres-2  postgres  replica
                """);
    }

    @Test
    void whatIsBrokenSaysSo() {
        pictures.machines.set(2, Pictures.machine("node-2", Power.FROZEN));
        pictures.nodes.set(2, Pictures.node("node-2", false));
        pictures.pods.set(
                3,
                Pictures.pod("aeterna", "aeterna-5d8f-abcde", "", "ReplicaSet/aeterna-5d8f", false, "0/3 nodes fit"));
        pictures.database = Seen.now(new Look(false, "aeterna-postgres-2 is not ready"));

        assertThat(NARROW.of(pictures.at(0)))
                .contains(
                        "postgres    2/2   UNSTEADY aeterna-postgres-2 is not ready",
                        "api         0/1   steady   1 pod ready",
                        "  node-2  frozen, NotReady (NodeStatusUnknown)  10.0.0.2",
                        "on no node",
                        "    ○ aeterna-5d8f-abcde  api                pending: 0/3 nodes fit");
    }

    @Test
    void anAddOnIsShownWhileItIsInTrouble() {
        pictures.pods.set(
                0,
                Pictures.pod("kube-system", "coredns-1", "node-1", "ReplicaSet/coredns-1f", false, "CrashLoopBackOff"));

        assertThat(NARROW.of(pictures.at(0)))
                .anyMatch(line -> line.contains("○ coredns-1") && line.endsWith("not ready: CrashLoopBackOff"));
    }

    @Test
    void anApiServerThatIsGoneIsNamedAboveWhatWasSeenBefore() {
        pictures.apiTrouble = "no answer for 7.0 s";
        pictures.database = new Seen<>(Optional.empty(), "no answer for 7.0 s");

        assertThat(NARROW.of(pictures.at(0)))
                .contains(
                        "the API server: no answer for 7.0 s; what is shown was seen before",
                        "postgres    2/2   unknown  no answer for 7.0 s",
                        "    ● aeterna-postgres-1  postgres  primary");
    }

    @Test
    void nothingIsWiderThanTheTerminalAndZonesStandBesideEachOtherWhereThereIsRoom() {
        assertThat(new Drawing(30, false).of(pictures.at(0)))
                .allMatch(line -> line.length() <= 30)
                .anyMatch(line -> line.endsWith("…"));
        assertThat(new Drawing(200, false).of(pictures.at(0)))
                .anyMatch(line ->
                        line.contains("outside every zone") && line.contains("zone-a") && line.contains("zone-b"));
    }

    @Test
    void coloursAreForTerminalsAlone() {
        assertThat(new Drawing(80, true).of(pictures.at(0))).anyMatch(line -> line.contains("\u001b[32msteady"));
        assertThat(NARROW.of(pictures.at(0))).noneMatch(line -> line.contains("\u001b"));
    }

    @Test
    void aClusterWithoutTheStackSaysSo() {
        pictures.pods.removeIf(pod -> pod.namespace().equals("aeterna"));
        var bare = pictures.at(0);
        var lines = NARROW.of(new Picture(
                bare.testbed(),
                bare.provider(),
                bare.topology(),
                bare.at(),
                Optional.empty(),
                bare.machines(),
                bare.nodes(),
                bare.pods(),
                bare.parts()));

        assertThat(lines).contains("no stack is deployed; ./chaos up deploys it");
        assertThat(lines).noneMatch(line -> line.startsWith("postgres"));
    }

    @Test
    void changesAreToldOnceWithWhatTheyWere() {
        var before = pictures.at(0);
        pictures.pods.remove(3);
        pictures.pods.set(
                2,
                Pictures.pod(
                        "aeterna",
                        "aeterna-postgres-2",
                        "node-2",
                        "StatefulSet/aeterna-postgres",
                        false,
                        "ContainerCreating"));
        pictures.nodes.set(1, Pictures.node("node-1", false));
        var now = pictures.at(1);

        assertThat(Changes.between(before, now))
                .extracting(Object::toString)
                .containsExactly(
                        "2026-01-01T12:00:01Z node-1: Ready -> NotReady: NodeStatusUnknown",
                        "2026-01-01T12:00:01Z aeterna-5d8f-abcde: ready -> gone",
                        "2026-01-01T12:00:01Z aeterna-postgres-2: replica, ready -> replica, not ready: ContainerCreating");
        assertThat(Changes.between(now, now)).isEmpty();

        pictures.pods.set(
                2,
                Pictures.pod(
                        "aeterna", "aeterna-postgres-2", "node-2", "StatefulSet/aeterna-postgres", false, "Error"));
        assertThat(Changes.between(now, pictures.at(2)))
                .as("another reason alone")
                .isEmpty();
    }

    @Test
    void whatCouldNotBeSeenHasNotChanged() {
        var before = pictures.at(0);
        pictures.apiTrouble = "no answer for 3.0 s";
        pictures.pods.clear();

        assertThat(Changes.between(before, pictures.at(1))).isEqualTo(List.of());
    }
}
