package aeterna.chaos.stack;

import aeterna.chaos.yaml.Yaml;
import java.util.Set;

/**
 * Something that cannot be deployed as it is written, and what a reader does next.
 *
 * @param section of the page
 * @param written what it says
 * @param because why that cannot be
 * @param done what is deployed in its place
 */
public record Workaround(String section, String written, String because, String done) {
    static Workaround read(Yaml entry) {
        entry.only(Set.of("section", "written", "because", "done"));
        return new Workaround(
                entry.get("section").text(),
                entry.get("written").text(),
                entry.get("because").text(),
                entry.get("done").text());
    }

    @Override
    public String toString() {
        return written + " (" + section + "): " + because + "; instead: " + done;
    }
}
