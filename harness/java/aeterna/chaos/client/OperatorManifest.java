package aeterna.chaos.client;

import aeterna.chaos.model.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import okhttp3.OkHttpClient;
import okhttp3.Request;

/** The manifest with which an operator is installed. */
public final class OperatorManifest {
    /** Such a manifest has about a megabyte. */
    private static final Duration DOWNLOAD = Duration.ofSeconds(20);

    private OperatorManifest() {}

    /**
     * Its text, made to run from images that the nodes already have or find in the registry inside: one that is to be pulled always would
     * not survive a registry that is away.
     *
     * @param source a URL, or a file
     * @param images other images than the manifest names, by those that it names
     */
    public static String read(String source, Map<String, String> images) {
        var text = source.matches("https?://.*") ? download(source) : file(source);
        for (var image : images.entrySet()) {
            text = text.replace(image.getKey(), image.getValue());
        }
        return text.replace("imagePullPolicy: Always", "imagePullPolicy: IfNotPresent");
    }

    private static String file(String name) {
        try {
            return Files.readString(Path.of(name));
        } catch (IOException unreadable) {
            throw new Problem(
                    "the operator's manifest " + name + " cannot be read: " + unreadable,
                    "Name a file or a URL with --operator.",
                    unreadable);
        }
    }

    private static String download(String address) {
        var client = new OkHttpClient.Builder().callTimeout(DOWNLOAD).build();
        try (var response =
                client.newCall(new Request.Builder().url(address).build()).execute()) {
            if (!response.isSuccessful()) {
                throw new IOException("answered " + response.code());
            }
            return response.body().string();
        } catch (IOException failed) {
            throw new Problem(
                    "the operator's manifest cannot be had from " + address + ": " + failed.getMessage(),
                    "Download it elsewhere and name the file with --operator.",
                    failed);
        }
    }
}
