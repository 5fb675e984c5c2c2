package aeterna.chaos.cli;

import aeterna.chaos.image.ImageMode;
import aeterna.chaos.image.Images;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;

/** The options of every command that needs images; used as a picocli mixin. */
final class ImageOptions {
    @Option(
            names = "--images",
            paramLabel = "MODE",
            converter = ModeConverter.class,
            defaultValue = "${sys:chaos.images:-auto}",
            description =
                    "Which images are used: auto (upstream ones where they can be had, else ours), real or offline."
                            + " Default: ${DEFAULT-VALUE}.")
    private ImageMode mode;

    ImageMode mode() {
        return mode;
    }

    /** The images of the project in the mode that was asked for. */
    Images images(Wiring wiring) {
        return Images.of(wiring.home(), mode, wiring.programs(), wiring.environment());
    }

    /** Turns the mode's name into the mode. */
    static final class ModeConverter implements ITypeConverter<ImageMode> {
        @Override
        public ImageMode convert(String name) {
            return ImageMode.of(name);
        }
    }
}
