package aeterna.chaos.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.ArgumentsProvider;
import org.junit.jupiter.params.provider.ArgumentsSource;
import org.junit.jupiter.params.support.ParameterDeclarations;

/**
 * An experiment that is carried out once for each of some cases, such as zones: its first parameter. One case can be run alone, as
 * {@code ./chaos run 'ZoneOutage.losesItsPower[zone-a]'}.
 */
@Documented
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@ParameterizedTest(name = "{0}")
@ArgumentsSource(EachOf.Cases.class)
public @interface EachOf {
    /** The cases, in the order in which they are carried out. */
    String[] value();

    /** Hands them on to JUnit. */
    final class Cases implements ArgumentsProvider {
        @Override
        public Stream<? extends Arguments> provideArguments(
                ParameterDeclarations parameters, ExtensionContext context) {
            var method = context.getRequiredTestMethod();
            return Arrays.stream(method.getAnnotation(EachOf.class).value()).map(Arguments::of);
        }
    }
}
