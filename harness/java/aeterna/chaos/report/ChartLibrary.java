package aeterna.chaos.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Properties;

/**
 * The chart library (uPlot) as it lies in its own jar, to be packed into pages.
 *
 * @param version of the library
 * @param script its code
 * @param style its style sheet
 * @param license has to go with every copy
 */
record ChartLibrary(String version, String script, String style, String license) {
    /** Reads it from the class path. */
    static ChartLibrary load() {
        var properties = new Properties();
        try (var about = open("/META-INF/maven/org.webjars.npm/uplot/pom.properties")) {
            properties.load(about);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
        var version = properties.getProperty("version");
        var folder = "/META-INF/resources/webjars/uplot/" + version + "/";
        return new ChartLibrary(
                version,
                resource(folder + "dist/uPlot.iife.min.js"),
                resource(folder + "dist/uPlot.min.css"),
                resource(folder + "LICENSE"));
    }

    /** A text on the class path. */
    static String resource(String name) {
        try (var stream = open(name)) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static InputStream open(String name) {
        var stream = ChartLibrary.class.getResourceAsStream(name);
        if (stream == null) {
            throw new IllegalStateException("the class path has no " + name + ": it is incomplete");
        }
        return stream;
    }
}
