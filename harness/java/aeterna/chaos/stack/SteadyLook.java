package aeterna.chaos.stack;

import aeterna.chaos.model.SteadyCheck;
import java.util.function.Supplier;

/** A steady check made of its name and its look. */
record SteadyLook(String name, Supplier<Look> looking) implements SteadyCheck {
    static SteadyCheck named(String name, Supplier<Look> looking) {
        return new SteadyLook(name, looking);
    }

    @Override
    public Look look() {
        return looking.get();
    }

    @Override
    public String toString() {
        return name;
    }
}
