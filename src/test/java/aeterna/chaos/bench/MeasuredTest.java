package aeterna.chaos.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import aeterna.chaos.fakes.Histories;
import aeterna.chaos.model.Client;
import aeterna.chaos.model.Op;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** Requests every 20 ms, answered after 3 ms, with the server's clock far from the prober's. */
class MeasuredTest {
    private static final Client CLIENT = new Client(
            "api write new", Op.Kind.WRITE, Op.Connection.NEW, Duration.ofMillis(20), Duration.ofSeconds(2), 24);
    private static final long OTHER_CLOCK = Duration.ofHours(5).toNanos();

    /** Down from {@code from} to {@code to}; requests 50 to 99 are refused, those before and after are answered after 2 ms. */
    private static Measured measured(double from, double to) {
        var history = new Histories()
                .client(CLIENT)
                .act(990)
                .ok(0, 50)
                .fail(50, 100)
                .ok(100, 250)
                .end()
                .history();
        var truth = new Truth(
                moment(from),
                moment(to),
                List.of(new Truth.Gap("api write new-49", moment(982), "api write new-100", moment(2_002))));
        return Measured.of(history, truth).get(0);
    }

    private static long moment(double millis) {
        return OTHER_CLOCK + Math.round(millis * 1e6);
    }

    @Test
    void theLengthIsComparedWithTheServersDowntime() {
        var measured = measured(990, 1_990);
        assertThat(measured.client()).isEqualTo("api write new");
        assertThat(measured.downtime()).isEqualTo(1_000);
        assertThat(measured.measured()).isCloseTo(1_000, within(3.0));
        assertThat(measured.lengthError()).isCloseTo(0, within(3.0));
        assertThat(measured.within()).isTrue();
        assertThat(measured.stalled()).isFalse();
    }

    @Test
    void theIntervalIsComparedWithWhatTheServerAnswered() {
        var measured = measured(990, 1_990);
        assertThat(measured.servedGap()).isEqualTo(1_020);
        assertThat(measured.seenGap()).isEqualTo(1_020);
        assertThat(measured.intervalError()).isZero();
    }

    @Test
    void whatDoesNotFitWithTheRequestsIsOutsideOfTheError() {
        assertThat(measured(983, 1_999).within()).isTrue();
        assertThat(measured(983, 2_100).within()).isFalse();
        assertThat(measured(1_100, 1_900).within()).isFalse();
    }

    @Test
    void anOutageThatNobodyNoticedIsMeasuredAsNone() {
        var history = new Histories().client(CLIENT).act(990).ok(0, 250).end().history();
        var truth = new Truth(
                moment(985),
                moment(1_485),
                List.of(new Truth.Gap("api write new-49", moment(982), "api write new-50", moment(1_490))));
        var measured = Measured.of(history, truth).get(0);
        assertThat(measured.lengthError()).isEqualTo(-500);
        assertThat(measured.within()).isFalse();
    }

    @Test
    void anOutageThatFitsBetweenTwoRequestsNeedNotBeNoticed() {
        var history = new Histories().client(CLIENT).act(990).ok(0, 250).end().history();
        var truth = new Truth(
                moment(984),
                moment(994),
                List.of(new Truth.Gap("api write new-49", moment(982), "api write new-50", moment(1_002))));
        assertThat(Measured.of(history, truth).get(0).within()).isTrue();
    }

    @Test
    void aRowOfRawResultsLosesNothing() {
        var measured = measured(990.25, 1_990);
        var line = JsonMapper.shared().writeValueAsString(measured.row());
        assertThat(Measured.of(JsonMapper.shared().readValue(line, Map.class))).isEqualTo(measured);
    }
}
