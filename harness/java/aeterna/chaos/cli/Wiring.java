package aeterna.chaos.cli;

import aeterna.chaos.console.Console;
import aeterna.chaos.console.ConsoleProgress;
import aeterna.chaos.model.Progress;
import aeterna.chaos.process.Programs;
import aeterna.chaos.process.SystemPrograms;
import aeterna.chaos.time.Clock;
import aeterna.chaos.time.Ticker;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Supplier;

/**
 * What commands are made from; every part can be replaced in tests.
 *
 * @param home the project's folder
 * @param environment this process's variables
 * @param console where commands write to
 * @param clock the machine's clocks
 * @param ticker periodic work
 * @param programs other programs of this machine
 */
public record Wiring(
        Path home, Map<String, String> environment, Console console, Clock clock, Ticker ticker, Programs programs) {
    /** The parts of a real run; the launcher gives the project's folder in the system property {@code chaos.home}. */
    static Wiring ofProcess() {
        Map<String, String> environment = System.getenv();
        return new Wiring(
                Path.of(System.getProperty("chaos.home", "")).toAbsolutePath().normalize(),
                environment,
                Console.ofProcess(),
                Clock.system(),
                Ticker.system(),
                new SystemPrograms(environment.getOrDefault("PATH", "")));
    }

    /** Progress on the console. */
    Progress progress() {
        return new ConsoleProgress(console, clock, ticker);
    }

    /** A part that is made when it is first asked for, so that commands which do without it start quickly. Not thread-safe. */
    static <T> Supplier<T> lazily(Supplier<T> making) {
        return new Supplier<>() {
            private T made;

            @Override
            public T get() {
                if (made == null) {
                    made = making.get();
                }
                return made;
            }
        };
    }
}
