package dev.internalevents.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.internalevents.definitions.read.DefinitionFiles;
import dev.internalevents.generator.TypedEvents;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import tools.jackson.databind.JsonNode;

/**
 * Checks every code block of README.md and docs by its language; one test a block, named after its page and line. A
 * block that cannot be checked carries a mark with the reason, and there are few of them ({@link Page}).
 */
class PagesTest {

    private static final List<Page> PAGES = Page.all();

    /** Words of a line of output that are a message's own, and not values. */
    private static final int WORDS = 3;

    @TempDir
    static Path folder;

    private static Map<String, String> javaErrors;
    private static String kotlinErrors;
    private static SampleCollector collector;
    private static Shell shell;
    private static Scripts scripts;
    private static Data data;

    @BeforeAll
    static void start() throws Exception {
        javaErrors = new JavaSnippets(Files.createDirectory(folder.resolve("classes"))).errors(PAGES, typedEvents());
        collector = new SampleCollector(folder.resolve("collector"));
        Path work = Files.createDirectory(folder.resolve("work"));
        shell = new Shell(work, collector.port());
        scripts = new Scripts(work);
        data = new Data(work);
        kotlinErrors = scripts.kotlin(PAGES.stream()
                .flatMap(page -> page.blocks().stream())
                .filter(block -> block.language().equals("kotlin") && !block.isSkipped() && !isGradle(block))
                .map(Block::text)
                .toList());
    }

    @AfterAll
    static void stop() {
        if (collector != null) {
            collector.close();
        }
    }

    /** The classes that the pages on typed events use, made from the sample's definitions. */
    private static List<Path> typedEvents() throws IOException {
        Path generated = Files.createDirectory(folder.resolve("generated"));
        TypedEvents.write(
                DefinitionFiles.load(Page.HOME.resolve("samples/shop/src/main/resources/internal-events")),
                generated,
                "com.example.shop.events");
        try (Stream<Path> files = Files.walk(generated)) {
            return files.filter(file -> file.toString().endsWith(".java")).toList();
        }
    }

    @TestFactory
    Stream<DynamicTest> blocks() {
        return PAGES.stream()
                .flatMap(page -> page.blocks().stream())
                .filter(block -> !block.isSkipped())
                .map(block -> DynamicTest.dynamicTest(block.name(), () -> {
                    try {
                        check(block);
                    } catch (Exception | AssertionError e) {
                        throw new AssertionError(block.name() + ": " + e.getMessage(), e);
                    }
                }));
    }

    @Test
    void what_the_pages_declare_for_their_snippets_compiles() {
        assertThat(javaErrors.entrySet().stream()
                        .filter(error -> error.getKey().endsWith(" given")
                                || error.getKey().equals("?")))
                .isEmpty();
    }

    @Test
    void few_blocks_are_not_checked_and_each_has_a_reason() {
        List<Block> all = PAGES.stream().flatMap(page -> page.blocks().stream()).toList();
        String skipped = all.stream()
                .filter(Block::isSkipped)
                .map(block -> block.name() + ": " + block.skipReason())
                .collect(Collectors.joining("\n"));
        System.out.println("Blocks that are not checked:\n" + skipped);
        assertThat(skipped.lines().count())
                .as("of %d blocks\n%s", all.size(), skipped)
                .isLessThanOrEqualTo(all.size() / 10);
    }

    private static void check(Block block) throws Exception {
        switch (block.language()) {
            case "java" -> assertThat(javaErrors.getOrDefault(block.name(), "")).isEmpty();
            case "kotlin" -> kotlin(block);
            case "yaml" -> {
                data.yaml(block);
                commandsIn(block.text());
            }
            case "http" -> data.http(block);
            case "json" -> data.json(block);
            case "properties" -> data.properties(block);
            case "xml" -> data.xml(block);
            case "js" -> scripts.javascript(block.text());
            case "html" -> scripts.html(block.text());
            case "sql" -> sql(block.text());
            case "shell" -> {
                shell.check(block);
                if (block.text().contains("reset")) {
                    collector.fill();
                }
            }
            case "promql" -> prometheus(block.text());
            case "" -> output(block.text());
            default -> throw new AssertionError("no check for the language " + block.language());
        }
    }

    private static boolean isGradle(Block block) {
        return block.text().startsWith("// build.gradle.kts");
    }

    /** Kotlin has no errors; all blocks are compiled at once. */
    private static void kotlin(Block block) {
        if (isGradle(block)) {
            data.gradle(block);
        } else {
            assertThat(kotlinErrors).isEmpty();
        }
    }

    /** Each statement returns a row of the sample events in which no column is null. */
    private static void sql(String text) throws Exception {
        for (String statement : text.split(";")) {
            if (!statement.isBlank()) {
                JsonNode answer = collector.sql(statement);
                assertThat(answer.path("rows"))
                        .as("%s%n%s", statement, answer)
                        .anySatisfy(row -> assertThat(row).noneMatch(JsonNode::isNull));
            }
        }
    }

    /** Commands in YAML have options that exist, and metrics of rules and dashboards are those of a collector. */
    private static void commandsIn(String yaml) throws Exception {
        Object value = new Load(LoadSettings.builder().build()).loadFromString(yaml);
        for (List<String> command : Data.commands(value)) {
            dev.internalevents.cli.Main.commandLine().parseArgs(command.toArray(String[]::new));
        }
        if (yaml.contains("expr:")) {
            prometheus(yaml);
        }
    }

    private static void prometheus(String text) throws Exception {
        String metrics = collector.get("/metrics");
        Pattern name = Pattern.compile("\\binternal_events_[a-z_]+");
        assertThat(name.matcher(text).results().map(found -> found.group()).distinct())
                .isNotEmpty()
                .allSatisfy(metric -> assertThat(metrics).contains(metric));
    }

    /**
     * A line of output has a run of words that a string of the main code has too. Shorter lines and indented ones are
     * values.
     */
    private static void output(String text) {
        for (String line : text.lines()
                .filter(any -> !any.isBlank() && !any.startsWith(" "))
                .toList()) {
            String[] words = Arrays.stream(line.split("\\s+|\"[^\"]*\"|[0-9]+|:|;|,|\\(|\\)"))
                    .filter(word -> word.matches(".*[a-z].*"))
                    .toArray(String[]::new);
            boolean found = words.length <= WORDS;
            for (int i = 0; i + WORDS <= words.length && !found; i++) {
                found = Shell.Sources.STRINGS.contains(String.join(" ", Arrays.copyOfRange(words, i, i + WORDS)));
            }
            assertThat(found).as("no string of the code has words of: " + line).isTrue();
        }
    }
}
