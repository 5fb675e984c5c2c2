package aeterna.chaos.model;

import java.util.function.Supplier;

/** One thing that is so while the stack is whole. Its {@code toString} names it in progress lines and reports. */
public interface SteadyCheck {
    /** Looks once, now; an exception counts as "not so, because it could not be seen". */
    Look look();

    /** A check of that name. */
    static SteadyCheck named(String name, Supplier<Look> looking) {
        return new SteadyCheck() {
            @Override
            public Look look() {
                return looking.get();
            }

            @Override
            public String toString() {
                return name;
            }
        };
    }

    /**
     * What a look found.
     *
     * @param steady whether it is so
     * @param seen what was seen, such as {@code 2 of 3 ready, aeterna-postgres-2 is pending since 12:00:07}
     */
    record Look(boolean steady, String seen) {}
}
