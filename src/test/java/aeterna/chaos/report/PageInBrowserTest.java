package aeterna.chaos.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page as a person sees it: opened and clicked through in a headless Chromium, with no network. */
class PageInBrowserTest {
    private static final long LIMIT_SECONDS = 120;

    /** Clicks on everything there is, and leaves what went wrong in an element of its own. */
    private static final String CLICKS = """
            <script>
            const wrong = [];
            addEventListener("error", event => wrong.push(event.message));
            addEventListener("load", () => setTimeout(() => {
                let clicks = 0;
                for (const link of document.querySelectorAll("nav a")) {
                    if (!document.querySelector(link.getAttribute("href"))) wrong.push("no target: " + link.href);
                    link.click();
                    clicks++;
                }
                for (const summary of document.querySelectorAll("summary")) { summary.click(); clicks++; }
                for (const button of document.querySelectorAll("figure button")) { button.click(); clicks++; }
                const told = document.createElement("pre");
                told.id = "clicked";
                told.textContent = clicks + " clicks, wrong: " + JSON.stringify(wrong);
                document.body.append(told);
            }, 500));
            </script>
            """;

    @TempDir
    private Path folder;

    private String browser;

    @BeforeEach
    void findChromium() {
        var found = Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1))
                .flatMap(place -> Stream.of("chromium", "chromium-browser", "google-chrome")
                        .map(name -> Path.of(place, name)))
                .filter(Files::isExecutable)
                .findFirst()
                .map(Path::toString);
        // Where every change is tested nothing may be left out unseen.
        assumeTrue(
                found.isPresent() || Boolean.parseBoolean(System.getenv().getOrDefault("CI", "false")),
                "NOT CHECKED: there is no Chromium on the PATH to open the report in");
        browser = Optional.of(found).flatMap(path -> path).orElseThrow();
    }

    private String dom(Path page) throws IOException, InterruptedException {
        var out = folder.resolve("dom.html");
        var process = new ProcessBuilder(List.of(
                        browser,
                        "--headless=new",
                        "--no-sandbox",
                        "--disable-gpu",
                        "--disable-dev-shm-usage",
                        "--user-data-dir=" + folder.resolve("profile"),
                        "--host-resolver-rules=MAP * ~NOTFOUND",
                        "--window-size=1200,900",
                        "--virtual-time-budget=8000",
                        "--dump-dom",
                        page.toUri().toString()))
                .redirectOutput(out.toFile())
                .redirectError(folder.resolve("browser.log").toFile())
                .start();
        if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError("the browser did not end: " + Files.readString(folder.resolve("browser.log")));
        }
        return Files.readString(out);
    }

    @Test
    void everyTimelineIsDrawnAndNothingThatCanBeClickedFails() throws Exception {
        var run = SampleRun.write(new Reports(folder.resolve("reports")));
        Report.read(run).write();
        var drawn = dom(run.page());
        // By its own two scripts alone, which its policy lets run: lanes and latencies of three scenarios.
        assertThat(drawn.split("<canvas", -1)).hasSize(1 + 3 * 2);

        var page = Files.readString(run.page());
        var clicked = folder.resolve("clicked.html");
        Files.writeString(
                clicked,
                page.replaceFirst("<meta http-equiv=\"Content-Security-Policy\"[^>]*>", "")
                        .replaceFirst("<body>", "<body>" + CLICKS.replace("$", "\\$")));
        var told = dom(clicked).replaceAll("(?s).*<pre id=\"clicked\">|</pre>.*", "");
        assertThat(told).matches("\\d+ clicks, wrong: \\[\\]");
        assertThat(Integer.parseInt(told.replaceAll(" .*", ""))).isGreaterThan(40);
    }
}
