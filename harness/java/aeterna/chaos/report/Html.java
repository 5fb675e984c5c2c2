package aeterna.chaos.report;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A page as it is written: every text and every attribute is escaped on its way in. */
final class Html {
    private final StringBuilder out = new StringBuilder();

    /** Markup of the page itself; never anything that came from outside. */
    Html raw(String markup) {
        out.append(markup);
        return this;
    }

    /** A text, whatever is in it. */
    Html text(String text) {
        out.append(escape(text));
        return this;
    }

    /** An element with a text in it; attributes as in {@code class="…"}, or empty. */
    Html element(String name, String attributes, String text) {
        return raw("<" + name + (attributes.isEmpty() ? "" : " " + attributes) + ">")
                .text(text)
                .raw("</" + name + ">");
    }

    /** A row of a description list. */
    Html entry(String term, String description) {
        return element("dt", "", term).element("dd", "", description);
    }

    /** A table's row of texts. */
    Html row(String cell, List<String> texts) {
        raw("<tr>");
        texts.forEach(text -> element(cell, cell.equals("th") ? "scope=\"col\"" : "", text));
        return raw("</tr>\n");
    }

    /** A link to a file beside the page. */
    Html link(Path relative, String text) {
        return raw("<a href=\"" + escape(address(relative)) + "\">").text(text).raw("</a>");
    }

    @Override
    public String toString() {
        return out.toString();
    }

    /** Safe as a text and between the quotes of an attribute. */
    static String escape(String text) {
        var escaped = new StringBuilder(text.length() + 16);
        text.codePoints().forEach(c -> {
            switch (c) {
                case '&' -> escaped.append("&amp;");
                case '<' -> escaped.append("&lt;");
                case '>' -> escaped.append("&gt;");
                case '"' -> escaped.append("&quot;");
                case '\'' -> escaped.append("&#39;");
                case '\n', '\t' -> escaped.appendCodePoint(c);
                // Neither a terminal's control sequences nor half a surrogate pair are text.
                default ->
                    escaped.appendCodePoint(Character.isISOControl(c) || (c >= 0xD800 && c <= 0xDFFF) ? 0xFFFD : c);
            }
        });
        return escaped.toString();
    }

    /** The text, cut to a length at most. */
    static String shorten(String text, int length) {
        return text.length() <= length ? text : text.substring(0, length - 1) + "…";
    }

    private static String address(Path relative) {
        var parts = new ArrayList<String>();
        for (var part : relative) {
            try {
                parts.add(new URI(null, null, "/" + part, null).toASCIIString().substring(1));
            } catch (URISyntaxException impossible) {
                throw new IllegalArgumentException(impossible);
            }
        }
        return String.join("/", parts);
    }
}
