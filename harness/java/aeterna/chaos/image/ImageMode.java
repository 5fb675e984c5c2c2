package aeterna.chaos.image;

import aeterna.chaos.model.Nearest;
import aeterna.chaos.model.Problem;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Which flavour of images is used. */
public enum ImageMode {
    /** The upstream image where it is in the engine or can be pulled; else ours. */
    AUTO,
    /** Upstream images only; a missing one is a problem. */
    REAL,
    /** Ours only. */
    OFFLINE;

    /** The mode of that name, as in {@code -Dchaos.images=auto}. */
    public static ImageMode of(String name) {
        return Arrays.stream(values())
                .filter(mode -> mode.toString().equals(name))
                .findFirst()
                .orElseThrow(() -> new Problem(
                        "there is no image mode '" + name + "'",
                        Nearest.remedy(name, List.of("auto", "real", "offline"))));
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
