package aeterna.chaos.cli;

import aeterna.chaos.junit.ChaosScenario;
import aeterna.chaos.junit.EachOf;
import aeterna.chaos.junit.FromPage;
import aeterna.chaos.model.Nearest;
import aeterna.chaos.model.Problem;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.platform.commons.support.AnnotationSupport;
import org.junit.platform.commons.support.ReflectionSupport;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.engine.discovery.DiscoverySelectors;

/** The scenarios that there are, found by their annotation, in the order of what the page says. */
record Catalogue(List<Class<?>> classes) {
    private static final String PACKAGE = "aeterna.chaos.scenarios";

    /** Every scenario class on the class path, by the first number of the page that it names. */
    static Catalogue onClassPath() {
        return new Catalogue(ReflectionSupport.findAllClassesInPackage(
                        PACKAGE, type -> AnnotationSupport.isAnnotated(type, ChaosScenario.class), name -> true)
                .stream()
                .sorted(Comparator.<Class<?>>comparingInt(type -> place(sources(type)))
                        .thenComparing(Class::getSimpleName))
                .toList());
    }

    private static int place(List<String> sources) {
        if (sources.isEmpty()) {
            return Integer.MAX_VALUE;
        }
        var parts = sources.get(0).split("\\.", 2);
        return 1000 * Integer.parseInt(parts[0]) + Integer.parseInt(parts[1]);
    }

    /** What of the page a scenario tests, by number. */
    static List<String> sources(Class<?> scenario) {
        return AnnotationSupport.findAnnotation(scenario, FromPage.class).stream()
                .flatMap(page -> Arrays.stream(page.value()))
                .toList();
    }

    /** The experiments of a scenario class, by name. */
    static List<Method> experiments(Class<?> scenario) {
        return Arrays.stream(scenario.getDeclaredMethods())
                .filter(method -> AnnotationSupport.isAnnotated(method, Test.class)
                        || AnnotationSupport.isAnnotated(method, EachOf.class))
                .sorted(Comparator.comparing(Method::getName))
                .toList();
    }

    /**
     * One experiment, or one case of it.
     *
     * @param name which of its cases; empty when it has none
     */
    record Case(Method method, String name) {
        DiscoverySelector selector() {
            var whole = DiscoverySelectors.selectMethod(method.getDeclaringClass(), method);
            return name.isEmpty()
                    ? whole
                    : DiscoverySelectors.selectIteration(whole, cases(method).indexOf(name));
        }

        /** {@code Class.method}, with the case in brackets. */
        @Override
        public String toString() {
            return className(method) + "." + method.getName() + (name.isEmpty() ? "" : "[" + name + "]");
        }

        /** Every way to call it: its class, its method, itself, its groups. */
        private Set<String> names() {
            var names = new TreeSet<String>();
            for (var type : List.of(className(method), shortName(method))) {
                var experiment = type + "." + method.getName();
                names.addAll(List.of(type, experiment, name.isEmpty() ? experiment : experiment + "[" + name + "]"));
            }
            names.addAll(groups(method));
            return names;
        }
    }

    /** The cases of an experiment, in order; empty when it is carried out once. */
    static List<String> cases(Method method) {
        return AnnotationSupport.findAnnotation(method, EachOf.class).stream()
                .flatMap(each -> Arrays.stream(each.value()))
                .toList();
    }

    /** The groups that an experiment is in, by its own tags and its class's. */
    static List<String> groups(Method method) {
        return Stream.of(method, method.getDeclaringClass())
                .flatMap(element -> AnnotationSupport.findRepeatableAnnotations(element, Tag.class).stream())
                .map(Tag::value)
                .distinct()
                .sorted()
                .toList();
    }

    /**
     * The experiments of those names; all of them when there are no names.
     *
     * @param names {@code Class}, {@code Class.method}, {@code Class.method[case]}, each with or without {@code Scenario}, or a group
     */
    List<Case> chosen(List<String> names) {
        var all = classes.stream()
                .flatMap(type -> experiments(type).stream())
                .flatMap(Catalogue::split)
                .toList();
        if (names.isEmpty()) {
            return all;
        }
        return names.stream()
                .flatMap(name -> named(name, all).stream())
                .distinct()
                .toList();
    }

    private static Stream<Case> split(Method method) {
        var cases = cases(method);
        return cases.isEmpty()
                ? Stream.of(new Case(method, ""))
                : IntStream.range(0, cases.size()).mapToObj(number -> new Case(method, cases.get(number)));
    }

    private static List<Case> named(String name, List<Case> all) {
        var found = all.stream().filter(one -> one.names().contains(name)).toList();
        if (found.isEmpty()) {
            var known = new TreeSet<String>();
            all.forEach(one -> known.addAll(List.of(className(one.method()), shortName(one.method()), one.toString())));
            all.forEach(one -> known.addAll(groups(one.method())));
            throw new Problem("there is no scenario '" + name + "'", Nearest.remedy(name, known));
        }
        return found;
    }

    static String className(Method method) {
        return method.getDeclaringClass().getSimpleName();
    }

    static String shortName(Method method) {
        return className(method).replaceFirst("Scenario$", "");
    }
}
