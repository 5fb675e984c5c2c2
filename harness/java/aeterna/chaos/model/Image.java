package aeterna.chaos.model;

import java.util.Locale;

/**
 * A container image that is in the local engine or can be pulled.
 *
 * @param name what we call it, such as {@code node} or {@code coredns}
 * @param flavour where it comes from
 * @param reference what the engine calls it, tag included
 */
public record Image(String name, Flavour flavour, String reference) {
    /** Where an image comes from. */
    public enum Flavour {
        /** The upstream image. */
        REAL,
        /** Built here from package registries. */
        OFFLINE;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
