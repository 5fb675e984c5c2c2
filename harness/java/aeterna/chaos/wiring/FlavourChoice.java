package aeterna.chaos.wiring;

import aeterna.chaos.image.ImageMode;
import aeterna.chaos.image.Images;
import aeterna.chaos.model.Image;
import aeterna.chaos.model.Nearest;
import aeterna.chaos.model.Problem;
import aeterna.chaos.model.Progress;
import aeterna.chaos.stack.RealFlavours;
import aeterna.chaos.stack.Stack;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Which components run upstream's software.
 *
 * @param flavours {@code real}, {@code offline} or {@code auto}, by component; what is not said is the mode's to say
 * @param images other upstream images than those that are pinned, by name
 * @param operators other sources of the operators' manifests, URLs or files, by component
 */
public record FlavourChoice(Map<String, String> flavours, Map<String, String> images, Map<String, String> operators) {
    private static final String FLAVOUR = "chaos.flavour.";
    private static final String IMAGE = "chaos.image.";
    private static final String OPERATOR = "chaos.operator.";
    private static final List<String> KNOWN = List.of("auto", "real", "offline");

    public FlavourChoice {
        flavours = Map.copyOf(flavours);
        images = Map.copyOf(images);
        operators = Map.copyOf(operators);
    }

    /** Nothing is asked for. */
    public static FlavourChoice none() {
        return new FlavourChoice(Map.of(), Map.of(), Map.of());
    }

    /** The same with more of it. */
    public FlavourChoice with(FlavourChoice more) {
        return new FlavourChoice(
                both(flavours, more.flavours), both(images, more.images), both(operators, more.operators));
    }

    private static Map<String, String> both(Map<String, String> one, Map<String, String> other) {
        var both = new TreeMap<>(one);
        both.putAll(other);
        return both;
    }

    /** What {@code chaos.flavour.<component>}, {@code chaos.image.<name>} and {@code chaos.operator.<component>} say. */
    public static FlavourChoice of(Properties properties) {
        return new FlavourChoice(under(FLAVOUR, properties), under(IMAGE, properties), under(OPERATOR, properties));
    }

    private static Map<String, String> under(String prefix, Properties properties) {
        return properties.stringPropertyNames().stream()
                .filter(name -> name.startsWith(prefix))
                .collect(Collectors.toMap(name -> name.substring(prefix.length()), properties::getProperty));
    }

    /** Says it as properties, for the front door for tests. */
    public void tell(Properties properties) {
        flavours.forEach((component, flavour) -> properties.setProperty(FLAVOUR + component, flavour));
        images.forEach((name, reference) -> properties.setProperty(IMAGE + name, reference));
        operators.forEach((component, source) -> properties.setProperty(OPERATOR + component, source));
    }

    /** Refuses components, flavours and images that nobody knows. */
    public void check(RealFlavours upstream) {
        flavours.forEach((component, flavour) -> {
            upstream.get(component);
            if (!KNOWN.contains(flavour)) {
                throw new Problem(
                        "there is no flavour '" + flavour + "' of " + component, Nearest.remedy(flavour, KNOWN));
            }
        });
        operators.keySet().forEach(component -> {
            if (upstream.get(component).operator().isEmpty()) {
                throw new Problem("the component " + component + " has no operator", "Leave out its --operator.");
            }
        });
        images.keySet().forEach(name -> {
            if (!upstream.imageNames().contains(name)) {
                throw new Problem(
                        "there is no upstream image '" + name + "'", Nearest.remedy(name, upstream.imageNames()));
            }
        });
    }

    /** Where upstream images come from. */
    @FunctionalInterface
    public interface Source {
        /** Those of them that are in the engine now. */
        Set<String> obtain(Collection<String> references);
    }

    /**
     * The upstream images of the components that run upstream's software, by the names that the stack knows them by.
     *
     * @param profileWants flavours that the profile demands, by component
     * @throws Problem when one that was asked for cannot be had
     */
    public Map<String, Image> choose(
            RealFlavours upstream, ImageMode mode, Map<String, String> profileWants, Source source) {
        check(upstream);
        var wanted = new TreeMap<String, String>();
        upstream.components().keySet().forEach(id -> wanted.put(id, wish(id, mode, profileWants)));
        var candidates = wanted.keySet().stream()
                .filter(id -> !wanted.get(id).equals("offline"))
                .map(upstream::get)
                .toList();
        var there = source.obtain(candidates.stream()
                .flatMap(one -> references(one).stream())
                .collect(Collectors.toCollection(TreeSet::new)));
        var chosen = new TreeSet<String>();
        for (var component : candidates) {
            var missing = new ArrayList<>(references(component));
            missing.removeAll(there);
            if (missing.isEmpty()) {
                chosen.add(component.id());
            } else if (wanted.get(component.id()).equals("real")) {
                throw new Problem(
                        "the component " + component.id() + " cannot be upstream's: " + String.join(", ", missing)
                                + " is neither in the engine nor can it be pulled",
                        "Load it (docker load), name another one (--image NAME=REFERENCE), or leave the component to ours"
                                + " (--flavour " + component.id() + "=auto).");
            }
        }
        for (var component : candidates) {
            var without = component.needs().filter(other -> !chosen.contains(other));
            if (chosen.contains(component.id()) && without.isPresent()) {
                if (wanted.get(component.id()).equals("real")) {
                    throw new Problem(
                            "the component " + component.id() + " can only be upstream's where " + without.get()
                                    + " is",
                            "Say --flavour " + without.get() + "=real too.");
                }
                chosen.remove(component.id());
            }
        }
        var result = new LinkedHashMap<String, Image>();
        chosen.forEach(id -> upstream.get(id).images().forEach((name, pinned) -> {
            var key = RealFlavours.PREFIX + name;
            result.put(key, new Image(key, Image.Flavour.REAL, images.getOrDefault(name, pinned)));
        }));
        return result;
    }

    private String wish(String component, ImageMode mode, Map<String, String> profileWants) {
        var said = Optional.ofNullable(flavours.get(component));
        var demanded = profileWants.get(component);
        if (demanded != null) {
            if (said.filter(flavour -> !flavour.equals("auto") && !flavour.equals(demanded))
                    .isPresent()) {
                throw new Problem("the profile only has " + component + " as " + demanded, "Leave out its flavour.");
            }
            return demanded;
        }
        return said.orElse(mode.toString());
    }

    private List<String> references(RealFlavours.Component component) {
        return component.images().entrySet().stream()
                .map(image -> images.getOrDefault(image.getKey(), image.getValue()))
                .toList();
    }

    /** Every image of a stack: upstream's where they are chosen, ours for the rest. */
    Map<String, Image> ensure(
            Path stack, Images images, ImageMode mode, Map<String, String> profileWants, Progress progress) {
        var upstream = RealFlavours.read(stack);
        var real = choose(
                upstream,
                mode,
                profileWants,
                references -> references.isEmpty() ? Set.of() : images.obtain(references, true, progress));
        var ids = upstream.components().keySet().stream()
                .filter(id -> real.containsKey(RealFlavours.PREFIX + id))
                .collect(Collectors.toSet());
        var all = new LinkedHashMap<>(images.ensure(Stack.images(ids), progress));
        all.putAll(real);
        return all;
    }
}
