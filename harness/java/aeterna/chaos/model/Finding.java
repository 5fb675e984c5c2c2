package aeterna.chaos.model;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What a checker found about one promise.
 *
 * @param promise the promise's words
 * @param verdict whether it was kept
 * @param limit what was promised; empty for a promise that has no number
 * @param measured what was seen; empty when nothing could be measured
 * @param error the ± of {@code measured}, zero or more
 * @param because the reason in one sentence, for a person
 * @param outages what each client went through, for the timeline; empty unless the promise is about outages
 */
public record Finding(
        String promise,
        Verdict verdict,
        Optional<Duration> limit,
        Optional<Duration> measured,
        Duration error,
        String because,
        List<Outage> outages)
        implements Entry {
    public Finding {
        outages = List.copyOf(outages);
    }

    /** A finding without numbers. */
    public static Finding of(Promise promise, Verdict verdict, String because) {
        return new Finding(
                promise.toString(), verdict, promise.limit(), Optional.empty(), Duration.ZERO, because, List.of());
    }
}
