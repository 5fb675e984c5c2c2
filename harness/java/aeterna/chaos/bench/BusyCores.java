package aeterna.chaos.bench;

import aeterna.chaos.time.Clock;
import java.time.Duration;

/** A process that keeps every core of the machine busy for a while. */
final class BusyCores {
    private BusyCores() {}

    /** Takes for how many seconds, at most. */
    public static void main(String[] arguments) {
        OtherProcess.endWithItsParent();
        var limit = Duration.ofSeconds(Long.parseLong(arguments[0]));
        var clock = Clock.system();
        var began = clock.nanos();
        System.out.println("busy");
        for (int core = 0; core < Runtime.getRuntime().availableProcessors(); core++) {
            new Thread(() -> spin(clock, began, limit), "busy-" + core).start();
        }
    }

    private static void spin(Clock clock, long began, Duration limit) {
        while (clock.nanos() - began < limit.toNanos()) {
            Thread.onSpinWait();
        }
    }
}
