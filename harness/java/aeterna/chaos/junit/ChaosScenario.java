package aeterna.chaos.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A class of experiments on the whole stack. Its tests take a {@link aeterna.chaos.stack.Stack} and a
 * {@link aeterna.chaos.run.Runner}; the testbed and the stack are made when they are first asked for, and stay warm.
 */
@Documented
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(ScenarioExtension.class)
public @interface ChaosScenario {
    /** The topology it needs: a file of {@code kind-config/}; empty when any will do. */
    String topology() default "";
}
