package aeterna.chaos.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** What the HA page says that a scenario proves or refutes: numbers of {@code docs/promises.md}, which reports spell out. */
@Documented
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
public @interface FromPage {
    /** The numbers, such as {@code 3.3}; the one that matters most first. */
    String[] value();
}
