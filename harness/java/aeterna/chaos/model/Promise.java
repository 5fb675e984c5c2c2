package aeterna.chaos.model;

import java.time.Duration;
import java.util.Optional;

/** What is asserted of a run. Its {@code toString} is the line in the report; made by {@code check.Promises}. */
public interface Promise {
    /** The number in it, such as 30 s; empty when it has none. Patience is another word and another number. */
    Optional<Duration> limit();

    /** Judges a finished run from its history alone: no I/O, no clock, the same answer every time. */
    Finding judge(History history);
}
