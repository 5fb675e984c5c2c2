package aeterna.chaos.bench;

import java.util.Locale;

/** What is killed with SIGKILL while a fault is in place. */
public enum CrashWay {
    /** The harness's own process. */
    JVM,
    /** The launcher with its whole process group, as a terminal or a CI system that loses its patience does. */
    LAUNCHER,
    /** Maven, which leaves the process that runs the tests behind. */
    MAVEN;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
