package aeterna.chaos.report;

import static org.assertj.core.api.Assertions.assertThat;

import aeterna.chaos.fakes.FakeService;
import aeterna.chaos.fakes.Histories;
import aeterna.chaos.model.Entry;
import aeterna.chaos.model.Expectation;
import aeterna.chaos.model.Finding;
import aeterna.chaos.model.Floor;
import aeterna.chaos.model.History;
import aeterna.chaos.model.Op.Outcome;
import aeterna.chaos.model.Verdict;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class SummaryTest {
    @Test
    void hasExactlyTheShapeThatOthersReadByMachine() {
        var seconds = Duration.ofSeconds(30);
        var complete = new Histories()
                .client(FakeService.client("w", Duration.ofMillis(100)))
                .ok(0, 2)
                .ops(2, 3, Outcome.UNKNOWN, Duration.ofSeconds(1))
                .add(new Entry.FloorComputed(1, new Floor(List.of(new Floor.Part("lease", Duration.ofSeconds(15))))))
                .act(1_000)
                .readBack("primary", true, Map.of("w-0", 1))
                .readBack("replica", false, Map.of())
                .add(new Finding(
                        "served again within 30 s",
                        Verdict.BROKEN,
                        Optional.of(seconds),
                        Optional.of(Duration.ofMillis(47_300)),
                        Duration.ofNanos(20_400_000),
                        "w was served again after 47.3 s",
                        List.of()))
                .add(new Finding(
                        "never two primaries",
                        Verdict.HELD,
                        Optional.empty(),
                        Optional.empty(),
                        Duration.ZERO,
                        "one",
                        List.of()))
                .add(new Entry.Judged(9, Verdict.BROKEN, "too late"))
                .history();
        var died = new History(List.of(Histories.began("Other.died", Expectation.held())));

        var json = Summary.of(List.of(complete, died)).json();

        var mapper = JsonMapper.shared();
        assertThat(mapper.readTree(json)).isEqualTo(mapper.readTree("""
                {"run": "run-1", "seed": 7, "provider": "fake", "topology": "two-nodes", "profile": "recommended", "flavours": {"postgres": "offline"},
                 "scenarios": [
                  {"name": "FakeScenario.breaks", "verdict": "BROKEN", "expected": "HELD", "because": "too late",
                   "fault": "break the fake",
                   "hit": {"pods": ["aeterna/postgres-1"], "nodes": ["node-1"], "zones": ["zone-a"]}, "floor_ms": 15000,
                   "promises": [
                    {"promise": "served again within 30 s", "limit_ms": 30000, "measured_ms": 47300, "error_ms": 20,
                     "verdict": "BROKEN", "because": "w was served again after 47.3 s"},
                    {"promise": "never two primaries", "limit_ms": null, "measured_ms": null, "error_ms": null,
                     "verdict": "HELD", "because": "one"}],
                   "ledger": {"acknowledged": 2, "unknown": 1, "lost": 1, "stale": 1},
                   "trials": [
                    {"trial": 1, "attempt": 1, "seed": 7, "verdict": "BROKEN", "repeated": false, "because": "too late",
                     "measured_ms": {"served again within 30 s": 47300}}], "spread": {}, "stages": []},
                  {"name": "Other.died", "verdict": "VOID", "expected": "HELD",
                   "because": "the history ends before it was judged, in the step: none",
                   "fault": "break the fake", "hit": {"pods": [], "nodes": [], "zones": []}, "floor_ms": null,
                   "promises": [
                    {"promise": "served again within 30 s", "limit_ms": null, "measured_ms": null, "error_ms": null,
                     "verdict": "VOID", "because": "never judged"}],
                   "ledger": {"acknowledged": 0, "unknown": 0, "lost": 0, "stale": 0},
                   "trials": [
                    {"trial": 1, "attempt": 1, "seed": 7, "verdict": "VOID", "repeated": false,
                     "because": "the history ends before it was judged, in the step: none", "measured_ms": {}}], "spread": {}, "stages": []}]}
                """));
    }
}
