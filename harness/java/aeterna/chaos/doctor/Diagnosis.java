package aeterna.chaos.doctor;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What was seen of one thing that the harness needs.
 *
 * @param subject the thing
 * @param state how it is
 * @param seen what was seen
 * @param remedy what a person does about it, in whole sentences; empty when it is well
 * @param cure what the doctor itself can do about it
 */
public record Diagnosis(String subject, State state, String seen, String remedy, Optional<Cure> cure) {
    /** How a thing is. */
    public enum State {
        OK,
        /** The harness works, but not as well as it could. */
        WARNING,
        MISSING;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Something the doctor can do, as root on Debian. */
    public sealed interface Cure {
        /** Install Debian packages. */
        record Packages(List<String> names) implements Cure {
            @Override
            public String toString() {
                return "apt-get install " + String.join(" ", names);
            }
        }

        /** Get a Go that is new enough. */
        record Toolchain() implements Cure {
            @Override
            public String toString() {
                return "fetch a current Go as a Go module";
            }
        }

        /** Configure and start the container engine. */
        record StartEngine() implements Cure {
            @Override
            public String toString() {
                return "start dockerd";
            }
        }

        /** Raise a limit of the kernel. */
        record KernelSetting(String name, long value) implements Cure {
            @Override
            public String toString() {
                return "sysctl -w " + name + "=" + value;
            }
        }
    }

    static Diagnosis ok(String subject, String seen) {
        return new Diagnosis(subject, State.OK, seen, "", Optional.empty());
    }

    static Diagnosis warning(String subject, String seen, String remedy) {
        return new Diagnosis(subject, State.WARNING, seen, remedy, Optional.empty());
    }

    static Diagnosis missing(String subject, String seen, String remedy) {
        return new Diagnosis(subject, State.MISSING, seen, remedy, Optional.empty());
    }

    Diagnosis curedBy(Cure howTo) {
        return new Diagnosis(subject, state, seen, remedy, Optional.of(howTo));
    }
}
