package aeterna.chaos.observe;

import static org.assertj.core.api.Assertions.assertThat;

import aeterna.chaos.fakes.FakeTime;
import aeterna.chaos.fakes.FakeWorld;
import aeterna.chaos.model.Client;
import aeterna.chaos.model.Entry;
import aeterna.chaos.model.Op;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ZoneClientsTest {
    private final FakeWorld world = new FakeWorld();
    private final FakeTime time = new FakeTime();
    private final List<Entry> entries = new ArrayList<>();
    private final ZoneClients clients = new ZoneClients(
            world.testbed(),
            "kube-system",
            "k8s-app",
            "kube-dns",
            List.of(new ZoneClients.Service("names", "dns", 53, "?", "!")),
            time);

    @Test
    void aZoneWithAPodToStandInHasClientsOfItsOwnAndTheyMoveWithIt() {
        var watch = clients.watch(entries::add);

        assertThat(entries).singleElement().isInstanceOfSatisfying(Entry.ClientBegan.class, began -> {
            assertThat(began.client().name()).isEqualTo("zone-a names");
            assertThat(began.client().vantage()).isEqualTo("zone-a");
            assertThat(began.client().outside()).isFalse();
        });
        assertThat(world.errands).singleElement().satisfies(errand -> {
            assertThat(errand.from().podUid()).isEqualTo("uid-dns");
            assertThat(errand.address()).isEqualTo("10.43.0.1");
        });
        time.pass(Duration.ofSeconds(10));
        assertThat(world.errands).as("they stay where they are").hasSize(1);

        var op = op(world.errands.get(0).client());
        world.sink.accept(op);
        assertThat(entries).contains(op);

        world.moveNameServer("node-2", "uid-other");
        time.pass(Duration.ofSeconds(4));
        assertThat(world.errands).hasSize(2);
        assertThat(world.subscriptions).isEqualTo(1);
        assertThat(entries).hasSize(2);

        watch.close();
        assertThat(world.subscriptions).isZero();
    }

    private static Op op(Client client) {
        return new Op(client.name(), client.kind(), client.connection(), 1, 2, 3, Op.Outcome.OK, "", "", "", 0);
    }
}
