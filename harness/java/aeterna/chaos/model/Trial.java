package aeterna.chaos.model;

/**
 * Which of a scenario's trials a history tells of.
 *
 * @param number 1 to {@code of}
 * @param of how many trials the scenario has
 * @param attempt 1, and one more each time a VOID was repeated
 */
public record Trial(int number, int of, int attempt) {
    /** The only one. */
    public static final Trial ONLY = new Trial(1, 1, 1);

    /**
     * @throws IllegalArgumentException when a number is out of its range
     */
    public Trial {
        if (number < 1 || number > of || attempt < 1) {
            throw new IllegalArgumentException("there is no attempt " + attempt + " at trial " + number + " of " + of);
        }
    }

    /** The same trial once more, since nothing was proven. */
    public Trial again() {
        return new Trial(number, of, attempt + 1);
    }

    /** Such as {@code trial 2 of 5, attempt 2}; empty for the only attempt at the only trial. */
    @Override
    public String toString() {
        var trial = of == 1 ? "" : "trial " + number + " of " + of;
        var repeated = attempt == 1 ? "" : "attempt " + attempt;
        return trial.isEmpty() || repeated.isEmpty() ? trial + repeated : trial + ", " + repeated;
    }
}
