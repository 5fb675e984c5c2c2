package aeterna.chaos.model;

/**
 * Evidence from outside the injector that the fault landed, stayed and ended.
 *
 * <p>Made before the act, so that it can remember what was; then asked again and again: before the act (nothing may be
 * seen yet), after it, while a fault is held, and after healing. It looks by another channel than the fault acts by.
 */
@FunctionalInterface
public interface Witness {
    /** What can be seen at this moment. */
    Sighting look();
}
