package aeterna.chaos.model;

import java.nio.file.Path;

/** Something worth keeping from a finished run: events, logs, node states. Its {@code toString} names it. */
public interface Evidence {
    /** Writes it into files of its own in that existing folder; whatever it throws is noted and stops nobody else. */
    void collect(Path folder) throws Exception;
}
