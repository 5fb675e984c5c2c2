package aeterna.chaos.image;

/**
 * A program compiled from Go modules.
 *
 * @param module the module's folder within the recipe's
 * @param pkg the package to compile, as {@code go build} takes it
 * @param output the binary's name
 * @param tags build tags, comma-separated; may be empty
 * @param ldflags flags for the linker; may be empty
 */
record GoBinary(String module, String pkg, String output, String tags, String ldflags) {}
