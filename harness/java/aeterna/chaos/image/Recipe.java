package aeterna.chaos.image;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How one image is made.
 *
 * @param name its folder's name
 * @param folder where its files are
 * @param about what it is for, in a line
 * @param real the upstream image whose place it takes, if it takes one's
 * @param from the recipe whose image it starts from
 * @param debootstrap the Debian tree it consists of; then there is no Dockerfile
 * @param go the programs compiled for it
 * @param wheels the Python packages fetched for it, as pip's requirements
 * @param expected how long its steps usually take when nothing of them is cached
 * @param hash 12 hexadecimal digits that change when any of its files, or the image it starts from, changes
 */
public record Recipe(
        String name,
        Path folder,
        String about,
        Optional<String> real,
        Optional<String> from,
        Optional<Debootstrap> debootstrap,
        List<GoBinary> go,
        List<String> wheels,
        Map<String, Duration> expected,
        String hash) {
    /** What all images of the project are called, before the slash. */
    public static final String REPOSITORY = "aeterna-chaos";

    /** The label that every image of the project carries, with the recipe's name. */
    public static final String LABEL = "aeterna.chaos/recipe";

    public Recipe {
        go = List.copyOf(go);
        wheels = List.copyOf(wheels);
        expected = Map.copyOf(expected);
    }

    /** What the offline image is called: a changed recipe makes another image. */
    public String tag() {
        return REPOSITORY + "/" + name + ":" + hash;
    }

    Duration expected(String step) {
        return expected.getOrDefault(step, Duration.ZERO);
    }
}
