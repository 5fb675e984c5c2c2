package aeterna.chaos.model;

import java.util.List;

/**
 * The damage of a fault: who is hit, and every step back.
 *
 * @param hit who is hit
 * @param undo the steps back, each of them idempotent; empty for a one-shot fault
 */
public record Injected(Hit hit, List<Undo> undo) {
    public Injected {
        undo = List.copyOf(undo);
    }
}
