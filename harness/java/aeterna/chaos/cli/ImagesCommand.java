package aeterna.chaos.cli;

import picocli.CommandLine.Command;

/** Builds images. */
@Command(name = "images", description = "Build or list the container images.")
final class ImagesCommand implements Runnable {
    private final Console console;

    ImagesCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        console.out().println("");
    }
}
