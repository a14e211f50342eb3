package dev.internalevents.compatibility;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Checks that the page of rules matches {@code rules.yaml}, which {@link RulesTest} checks against a collector. */
class RulesPageTest {

    private static final Path PAGE = Path.of("../../docs/upstream-rules.md");
    private static final String BEGIN = "<!-- rules: written by RulesPageTest -->\n";

    /** Compares the tables; {@code -Drules.page=write} rewrites them instead. */
    @Test
    void the_page_has_the_rules() throws IOException {
        String page = Files.readString(PAGE);
        int begin = page.indexOf(BEGIN) + BEGIN.length();
        assertThat(begin).isGreaterThan(BEGIN.length());
        String whole = page.substring(0, begin) + tables();
        if ("write".equals(System.getProperty("rules.page"))) {
            Files.writeString(PAGE, whole);
        }

        assertThat(Files.readString(PAGE))
                .as("docs/upstream-rules.md differs from rules.yaml; rewrite its tables with" + " -Drules.page=write")
                .isEqualTo(whole);
    }

    private static String tables() {
        List<Rule> rules = Rule.all();
        StringBuilder text = new StringBuilder(
                "\n## Intended differences\n\n| here | upstream, and why this collector differs |\n|---|---|\n");
        rules.stream()
                .filter(rule -> rule.has("differs"))
                .forEach(rule -> text.append("| ")
                        .append(cell(rule.words()))
                        .append(" | ")
                        .append(cell(Objects.requireNonNull(rule.text("differs"))))
                        .append(" |\n"));
        Map<String, List<Rule>> topics = rules.stream()
                .filter(rule -> !rule.has("differs"))
                .collect(Collectors.groupingBy(Rule::topic, LinkedHashMap::new, Collectors.toList()));
        topics.forEach((topic, alike) -> {
            text.append("\n## ").append(topic).append("\n\n| rule, same as upstream | source |\n|---|---|\n");
            alike.forEach(rule -> text.append("| ")
                    .append(cell(rule.words()))
                    .append(" | ")
                    .append(cell(Objects.requireNonNullElse(rule.text("see"), "")))
                    .append(" |\n"));
        });
        return text.toString();
    }

    private static String cell(String text) {
        return text.replace("|", "\\|");
    }
}
