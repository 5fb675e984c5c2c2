package aeterna.chaos.cli;

import aeterna.chaos.image.ImageMode;
import aeterna.chaos.image.Images;
import aeterna.chaos.image.Recipe;
import aeterna.chaos.model.Image;
import aeterna.chaos.stack.RealFlavours;
import aeterna.chaos.time.DurationText;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Gets the container images, or says which are there. */
@Command(
        name = "images",
        description = "Get the container images: upstream ones are pulled, ours are built once and kept.",
        footer = {"", "Interrupted builds go on where they stopped. The first build of everything takes a while."})
final class ImagesCommand implements Runnable {
    private final Wiring wiring;

    @Parameters(paramLabel = "NAME", arity = "0..*", description = "Images to get; all of them if none is named.")
    private List<String> names = List.of();

    @Mixin
    private ImageOptions options;

    @Option(names = "--list", description = "Only say which are there.")
    private boolean list;

    ImagesCommand(Wiring wiring) {
        this.wiring = wiring;
    }

    @Override
    public void run() {
        Images images = options.images(wiring);
        List<String> wanted = names.isEmpty() ? images.recipes().names() : names;
        wanted.forEach(images.recipes()::get);
        if (list) {
            show(images, wanted, images.have(wanted));
            if (names.isEmpty()) {
                showUpstream(images);
            }
            return;
        }
        long began = wiring.clock().nanos();
        Map<String, Image> ready = images.ensure(wanted, wiring.progress());
        show(images, wanted, ready);
        Duration took = wiring.clock().since(began);
        wiring.console().out().println(ready.size() + " images are ready, after " + DurationText.of(took) + ".");
    }

    private void show(Images images, List<String> wanted, Map<String, Image> there) {
        int width = wanted.stream().mapToInt(String::length).max().orElse(0);
        for (String name : wanted) {
            Recipe recipe = images.recipes().get(name);
            Image image = there.get(name);
            String state = image == null
                    ? "missing  " + String.join(" or ", candidates(recipe))
                    : String.format("%-7s  %s", image.flavour(), image.reference());
            wiring.console()
                    .out()
                    .println(String.format("%-" + width + "s  %s", name, state) + "  (" + recipe.about() + ")");
        }
    }

    /** What ./chaos up would run in place of ours. */
    private void showUpstream(Images images) {
        var out = wiring.console().out();
        out.println("upstream's software (./chaos list flavours):");
        RealFlavours.read(wiring.home().resolve("stack")).components().values().forEach(component -> {
            var references = component.images().values();
            var missing = new ArrayList<>(references);
            missing.removeAll(images.obtain(references, false, wiring.progress()));
            out.printf(
                    "%-9s %s%n",
                    component.id(),
                    missing.isEmpty() ? "in the engine" : "not in the engine: " + String.join(", ", missing));
        });
    }

    /** What the mode would take for an image, the preferred one first. */
    private List<String> candidates(Recipe recipe) {
        var candidates = new ArrayList<String>();
        if (options.mode() != ImageMode.OFFLINE) {
            recipe.real().ifPresent(candidates::add);
        }
        if (options.mode() != ImageMode.REAL || candidates.isEmpty()) {
            candidates.add(recipe.tag());
        }
        return candidates;
    }
}
