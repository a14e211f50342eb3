package dev.internalevents.site;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SiteTest {

    private static final Pattern ADDRESS = Pattern.compile("(?:href|src)=\"([^\"]+)\"");

    @TempDir
    static Path folder;

    private static Path site;

    @BeforeAll
    static void write() throws IOException {
        site = folder.resolve("site");
        Site.write(Path.of(".."), site);
    }

    private static List<Path> htmlFiles() throws IOException {
        try (Stream<Path> files = Files.list(site)) {
            return files.filter(file -> file.toString().endsWith(".html")).toList();
        }
    }

    @Test
    void every_address_in_the_site_leads_to_a_file_and_an_id() throws IOException {
        int followed = 0;
        for (Path file : htmlFiles()) {
            for (MatchResult found :
                    ADDRESS.matcher(Files.readString(file)).results().toList()) {
                String address = found.group(1);
                if (!address.matches("[a-z]+:.*")) {
                    String[] parts = address.split("#", 2);
                    Path target = parts[0].isEmpty() ? file : site.resolve(parts[0]);
                    assertThat(target).as("%s in %s", address, file).exists();
                    if (parts.length == 2) {
                        assertThat(Files.readString(target))
                                .as("%s in %s", address, file)
                                .contains("id=\"" + parts[1] + "\"");
                    }
                    followed++;
                }
            }
        }
        assertThat(followed).isGreaterThan(1000);
    }

    @Test
    void a_page_has_its_text_and_the_navigation_and_no_comments() throws IOException {
        String page = Files.readString(site.resolve("troubleshooting.html"));

        assertThat(page)
                .contains("<h1 id=\"my-event-does-not-arrive\">My event does not arrive</h1>")
                .contains("<a href=\"troubleshooting.html\" aria-current=\"page\">")
                .contains("<h2>I run it</h2>");
        for (Path file : htmlFiles()) {
            assertThat(Files.readString(file)).doesNotContain("<!-- test").doesNotContainPattern("\\{\\{[a-z]+}}");
        }
    }

    @Test
    void nothing_is_loaded_from_elsewhere() throws IOException {
        for (Path file : htmlFiles()) {
            assertThat(Files.readString(file)).doesNotContainPattern("(?:src|<link[^>]*href)=\"(?:https?:)?//");
        }
    }

    @Test
    void images_are_part_of_it() {
        assertThat(site.resolve("images/dashboard.png")).isNotEmptyFile();
    }

    @Test
    void the_search_finds_headings_first_and_every_word_must_be_there() throws Exception {
        assertThat(search("forget a person")).startsWith("collector.html#forget-a-person");
        assertThat(search("daily active users")).startsWith("sql-recipes.html#daily-active-users");
        assertThat(search("event does not arrive")).startsWith("troubleshooting.html#my-event-does-not-arrive");
        assertThat(search("backup zzzyx")).isEmpty();
        assertThat(search("<script>")).doesNotContain("undefined");
    }

    /** Returns what the site's search finds, one target a line. */
    private static String search(String query) throws Exception {
        assumeTrue(
                Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
                        .anyMatch(path -> Files.isExecutable(Path.of(path, "node"))),
                "node is not installed");
        Path output = Files.createTempFile(folder, "found", ".txt");
        Process node = new ProcessBuilder(
                        "node",
                        "-e",
                        "global.window = {}; require('./sections.js');"
                                + "for (const one of require('./search.js').search(window.sections, process.argv[1]))"
                                + " console.log(one[0])",
                        query)
                .directory(site.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        assertThat(node.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(node.exitValue()).as(Files.readString(output)).isZero();
        return Files.readString(output);
    }

    @Test
    void broken_links_and_pages_outside_the_navigation_are_all_reported(@TempDir Path repository) throws IOException {
        Files.createDirectory(repository.resolve("docs"));
        Files.writeString(repository.resolve("docs/README.md"), "# Docs\n\n## One\n\n[a](a.md#nope), [b](b.md)\n");
        Files.writeString(repository.resolve("docs/a.md"), "# A\n\n![an image](nope.png)\n");
        Files.writeString(repository.resolve("docs/c.md"), "# C\n");

        assertThatThrownBy(() -> Site.write(repository, repository.resolve("site")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("docs/README.md: a.md#nope: no such heading in docs/a.md; expected one of [a]")
                .hasMessageContaining("docs/README.md: b.md: no such file")
                .hasMessageContaining("docs/a.md: nope.png: no such image")
                .hasMessageContaining("docs/c.md: no link in docs/README.md");
    }
}
