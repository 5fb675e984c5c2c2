package aeterna.chaos.run;

import aeterna.chaos.model.History;
import aeterna.chaos.model.Trial;
import aeterna.chaos.model.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How often an experiment is carried out.
 *
 * @param trials those that are still to be carried out, in order
 * @param repeatVoid whether a VOID is repeated, once; a BROKEN never is
 * @param earlier what an interrupted run had of it already
 */
public record Repetition(List<Trial> trials, boolean repeatVoid, List<History> earlier) {
    /** Once. */
    public static final Repetition NONE = of(1, false);

    public Repetition {
        trials = List.copyOf(trials);
        earlier = List.copyOf(earlier);
    }

    /** That many trials, at least 1, of which none was carried out yet. */
    public static Repetition of(int trials, boolean repeatVoid) {
        return new Repetition(
                IntStream.rangeClosed(1, trials)
                        .mapToObj(number -> new Trial(number, trials, 1))
                        .toList(),
                repeatVoid,
                List.of());
    }

    /** What is missing to that many trials after what was done of them: those that were not done, and those that were VOID. */
    public static Repetition toComplete(List<History> earlier, int trials, boolean repeatVoid) {
        var missing = new ArrayList<Trial>();
        for (var number = 1; number <= trials; number++) {
            var wanted = number;
            var attempts = earlier.stream()
                    .filter(history -> history.began().setting().trial().number() == wanted)
                    .toList();
            if (attempts.stream().allMatch(Repetition::unproven)) {
                missing.add(new Trial(number, trials, attempts.size() + 1));
            }
        }
        return new Repetition(missing, repeatVoid, earlier);
    }

    private static boolean unproven(History history) {
        var verdict = history.judged().verdict();
        return verdict == Verdict.VOID && !history.began().setting().expected().metBy(verdict);
    }
}
