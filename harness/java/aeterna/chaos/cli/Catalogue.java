package aeterna.chaos.cli;

import aeterna.chaos.junit.ChaosScenario;
import aeterna.chaos.model.Nearest;
import aeterna.chaos.model.Problem;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.platform.commons.support.AnnotationSupport;
import org.junit.platform.commons.support.ReflectionSupport;

/** The scenarios that there are, found by their annotation. */
record Catalogue(List<Class<?>> classes) {
    private static final String PACKAGE = "aeterna.chaos.scenarios";

    /** Every scenario class on the class path, by name. */
    static Catalogue onClassPath() {
        return new Catalogue(ReflectionSupport.findAllClassesInPackage(
                        PACKAGE, type -> AnnotationSupport.isAnnotated(type, ChaosScenario.class), name -> true)
                .stream()
                .sorted(Comparator.comparing(Class::getSimpleName))
                .toList());
    }

    /** The experiments of a scenario class, by name. */
    static List<Method> experiments(Class<?> scenario) {
        return Arrays.stream(scenario.getDeclaredMethods())
                .filter(method -> AnnotationSupport.isAnnotated(method, Test.class))
                .sorted(Comparator.comparing(Method::getName))
                .toList();
    }

    /**
     * The experiments of those names; all of them when there are no names.
     *
     * @param names {@code Class}, {@code Class.method} or either without its {@code Scenario}
     */
    List<Method> chosen(List<String> names) {
        var all = classes.stream().flatMap(type -> experiments(type).stream()).toList();
        if (names.isEmpty()) {
            return all;
        }
        return names.stream()
                .flatMap(name -> named(name, all).stream())
                .distinct()
                .toList();
    }

    private static List<Method> named(String name, List<Method> all) {
        var found = all.stream()
                .filter(method -> Set.of(
                                className(method),
                                shortName(method),
                                className(method) + "." + method.getName(),
                                shortName(method) + "." + method.getName())
                        .contains(name))
                .toList();
        if (found.isEmpty()) {
            var known = new TreeSet<String>();
            all.forEach(method -> known.addAll(List.of(className(method), shortName(method))));
            all.forEach(method -> known.add(className(method) + "." + method.getName()));
            throw new Problem("there is no scenario '" + name + "'", Nearest.remedy(name, known));
        }
        return found;
    }

    static String className(Method method) {
        return method.getDeclaringClass().getSimpleName();
    }

    private static String shortName(Method method) {
        return className(method).replaceFirst("Scenario$", "");
    }
}
