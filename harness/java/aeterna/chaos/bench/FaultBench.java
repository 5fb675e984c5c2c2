package aeterna.chaos.bench;

import aeterna.chaos.cluster.Testbed;
import aeterna.chaos.fault.Aimed;
import aeterna.chaos.fault.FaultKind;
import aeterna.chaos.fault.HeldFault;
import aeterna.chaos.journal.Healer;
import aeterna.chaos.journal.Journal;
import aeterna.chaos.model.Problem;
import aeterna.chaos.model.Sighting.Seen;
import aeterna.chaos.model.SteadyCheck;
import aeterna.chaos.time.Timekeeper;
import aeterna.chaos.time.Waiting;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;

/** How long it takes to inject a fault, to see it and to heal it. */
public final class FaultBench {
    /** What is promised of the act, and of the way back. */
    private static final Duration LIMIT = Duration.ofMillis(500);

    /** Those of which it is promised: on pods, freezing, and on the network. */
    private static final Set<FaultKind> PROMPT = EnumSet.of(
            FaultKind.KILL_POD_GRACEFULLY,
            FaultKind.KILL_POD_ABRUPTLY,
            FaultKind.KILL_CONTAINER,
            FaultKind.FREEZE_POD,
            FaultKind.FREEZE_NODE,
            FaultKind.FREEZE_ZONE,
            FaultKind.ISOLATE_NODE,
            FaultKind.ISOLATE_ZONE,
            FaultKind.PARTITION,
            FaultKind.PARTITION_ONE_WAY,
            FaultKind.LATENCY,
            FaultKind.LOSS,
            FaultKind.BANDWIDTH,
            FaultKind.DNS_LOSS,
            FaultKind.CONTROL_PLANE_OUTAGE);

    private static final Waiting SEEN = Waiting.atMost(Duration.ofMinutes(1));

    private static final Waiting WHOLE = Waiting.atMost(Duration.ofMinutes(6));

    private final Testbed testbed;
    private final Journal journal;
    private final SteadyCheck steady;
    private final FaultKind.Aims aims;
    private final Timekeeper time;
    private final PrintStream out;

    /**
     * @param steady the stack, whole again before the next fault
     * @param aims whom to hit
     * @param out where the table goes
     */
    public FaultBench(
            Testbed testbed,
            Journal journal,
            SteadyCheck steady,
            FaultKind.Aims aims,
            Timekeeper time,
            PrintStream out) {
        this.testbed = testbed;
        this.journal = journal;
        this.steady = steady;
        this.aims = aims;
        this.time = time;
        this.out = out;
    }

    /** Those of which a limit is promised. */
    public static List<FaultKind> prompt() {
        return List.copyOf(PROMPT);
    }

    /**
     * Measures.
     *
     * @param rounds 1 or more; each kind once in every round
     * @param folder where the raw results go
     * @return true when every act and every way back, of the kinds that promise it, was within the limit
     */
    public boolean run(int rounds, List<FaultKind> kinds, Path folder) throws InterruptedException {
        var raw = RawResults.create(folder, "faults", time.wallTime());
        var acts = new TreeMap<FaultKind, long[]>();
        var heals = new TreeMap<FaultKind, long[]>();
        for (var round = 0; round < rounds; round++) {
            for (var kind : kinds) {
                var row = row(round + 1, kind);
                raw.add(row);
                out.println("round " + (round + 1) + " of " + rounds + ": " + row);
                acts.computeIfAbsent(kind, added -> new long[rounds])[round] = (Long) row.get("inject_ms");
                heals.computeIfAbsent(kind, added -> new long[rounds])[round] = (Long) row.get("heal_ms");
            }
        }
        out.printf("%-22s %22s %22s%n", "", "inject, ms", "heal, ms");
        out.printf("%-22s %22s %22s%n", "", "median, most", "median, most");
        var met = true;
        for (var kind : acts.keySet()) {
            var act = acts.get(kind);
            var heal = heals.get(kind);
            var kept = !PROMPT.contains(kind) || (most(act) <= LIMIT.toMillis() && most(heal) <= LIMIT.toMillis());
            met &= kept;
            out.printf(
                    "%-22s %12d, %8d %12d, %8d%s%n",
                    kind, median(act), most(act), median(heal), most(heal), kept ? "" : "  too slow");
        }
        out.println("promised of faults on pods, of freezing and of faults on the network: " + LIMIT.toMillis()
                + " ms each; raw results: " + raw.file());
        return met;
    }

    private Map<String, Object> row(int round, FaultKind kind) throws InterruptedException {
        if (!WHOLE.untilTrue(() -> steady.look().steady())) {
            throw new Problem(
                    "the stack is not steady, so nothing was broken: "
                            + steady.look().seen(),
                    "See what keeps it with `./chaos status`.");
        }
        var fault = kind.on(aims);
        var aimed = fault.aim(testbed, new Random(round));
        var row = new LinkedHashMap<String, Object>();
        row.put("round", round);
        row.put("fault", kind.toString());
        row.put("hit", aimed.planned().hit().toString());
        if (!aimed.planned().undo().isEmpty()) {
            journal.announce(testbed.name(), fault.toString(), aimed.planned().undo());
        }
        try {
            var began = time.nanos();
            aimed.inject();
            row.put("inject_ms", time.since(began).toMillis());
            row.put("landed", SEEN.untilTrue(() -> sees(aimed, Seen.LANDED)));
            row.put("seen_ms", time.since(began).toMillis());
        } catch (InterruptedException stopped) {
            throw stopped;
        } catch (Exception failed) {
            throw new Problem(fault + " failed: " + failed.getMessage(), "Heal with `./chaos heal`.", failed);
        } finally {
            var healing = time.nanos();
            journal.heal(testbed.name(), Healer.through(testbed));
            row.put("heal_ms", time.since(healing).toMillis());
        }
        row.put("gone", !(fault instanceof HeldFault) || SEEN.untilTrue(() -> sees(aimed, Seen.NOTHING)));
        return row;
    }

    private static boolean sees(Aimed aimed, Seen what) {
        return aimed.witness().look().seen() == what;
    }

    private static long median(long[] millis) {
        var sorted = millis.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    private static long most(long[] millis) {
        return Arrays.stream(millis).max().orElse(0);
    }
}
