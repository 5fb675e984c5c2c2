package aeterna.chaos.model;

import java.nio.file.Path;

/** Something worth keeping from a finished run: events, logs, node states. Its {@code toString} names it. */
public interface Evidence {
    /** Writes it into files of its own in that existing folder; whatever it throws is noted and stops nobody else. */
    void collect(Path folder) throws Exception;

    /** Evidence of that name. */
    static Evidence named(String name, Collecting collecting) {
        return new Evidence() {
            @Override
            public void collect(Path folder) throws Exception {
                collecting.into(folder);
            }

            @Override
            public String toString() {
                return name;
            }
        };
    }

    /** How it is collected. */
    @FunctionalInterface
    interface Collecting {
        /** Writes files into that existing folder. */
        void into(Path folder) throws Exception;
    }
}
