package aeterna.chaos.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * One process that is to die while it breaks something.
 *
 * @param number from 1
 * @param fault the name of what it breaks
 * @param way what is killed
 * @param delay how long after it began to inject
 */
public record CrashTrial(int number, String fault, CrashWay way, Duration delay) {
    /**
     * From before the act until after its healing: aiming, announcing and acting take up to four seconds on a busy machine,
     * the hold {@link CrashBench#HOLD}, healing up to two.
     */
    static final Duration LATEST = CrashBench.HOLD.plusSeconds(6);

    /** So many trials: every fault once before any comes again, every way in turn, each moment as likely as any other. */
    static List<CrashTrial> plan(int trials, List<String> faults, List<CrashWay> ways, long seed) {
        var chance = new Random(seed);
        var plan = new ArrayList<CrashTrial>();
        var order = new ArrayList<String>();
        while (plan.size() < trials) {
            if (order.isEmpty()) {
                order.addAll(faults);
                Collections.shuffle(order, chance);
            }
            plan.add(new CrashTrial(
                    plan.size() + 1,
                    order.remove(order.size() - 1),
                    ways.get(plan.size() % ways.size()),
                    Duration.ofMillis(chance.nextLong(LATEST.toMillis()))));
        }
        return plan;
    }
}
