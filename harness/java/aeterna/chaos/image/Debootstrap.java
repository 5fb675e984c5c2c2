package aeterna.chaos.image;

import java.util.List;
import java.util.Optional;

/**
 * A Debian tree made from packages.
 *
 * @param suite the release, such as {@code bookworm}
 * @param variant debootstrap's variant, such as {@code minbase}
 * @param include further packages
 * @param exclude the recipe's file with patterns of what is left out of the image
 * @param overlay the recipe's folder of files that are laid over the tree
 */
record Debootstrap(
        String suite, String variant, List<String> include, Optional<String> exclude, Optional<String> overlay) {
    Debootstrap {
        include = List.copyOf(include);
    }
}
