package aeterna.chaos.model;

import java.time.Duration;

/** Where long work says what it does, how far it is and how long it will still take. Implementations are thread-safe. */
@FunctionalInterface
public interface Progress {
    /**
     * Begins a step; closing the returned step ends it.
     *
     * @param what what is done, such as {@code image node: compiling k3s}
     * @param expected how long it usually takes; {@link Duration#ZERO} when nobody knows
     */
    Step begin(String what, Duration expected);

    /** Shown to nobody. */
    static Progress none() {
        return (what, expected) -> new Step() {
            @Override
            public void at(long done, long total, String detail) {
                // Nobody looks.
            }

            @Override
            public void close() {
                // Nobody looks.
            }

            @Override
            public void failed(String why) {
                // What is thrown says more.
            }
        };
    }

    /** A step under way. */
    interface Step extends AutoCloseable {
        /**
         * Says how far the step is.
         *
         * @param done units done, 0 to {@code total}
         * @param total units in all; 0 when unknown
         * @param detail what is being done this moment
         */
        void at(long done, long total, String detail);

        /** Ends the step well. */
        @Override
        void close();

        /** Ends the step badly. */
        void failed(String why);
    }
}
