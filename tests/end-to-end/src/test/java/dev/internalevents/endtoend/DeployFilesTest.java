package dev.internalevents.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.internalevents.collector.Collector;
import dev.internalevents.collector.CollectorSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Compares the files in {@code deploy} with what a running collector has. */
class DeployFilesTest {

    private static final Path DEPLOY = Path.of("../../deploy");
    private static final Pattern METRIC = Pattern.compile("internal_events_[a-z_]+");

    @ParameterizedTest
    @ValueSource(strings = {"prometheus/internal-events.rules.yml", "grafana/internal-events.json"})
    void every_metric_is_one_that_a_collector_has(String file, @TempDir Path data) throws Exception {
        Set<String> named = METRIC.matcher(Files.readString(DEPLOY.resolve(file)))
                .results()
                .map(MatchResult::group)
                .collect(Collectors.toCollection(TreeSet::new));
        try (Collector collector = Collector.start(
                CollectorSettings.collector(data.resolve("data")).port(0).build())) {
            Set<String> served = Web.get(collector.url() + "/metrics")
                    .body()
                    .lines()
                    .filter(line -> line.startsWith("# TYPE "))
                    .map(line -> line.split(" ")[2])
                    .collect(Collectors.toSet());

            assertThat(named).hasSizeGreaterThan(10);
            assertThat(served).containsAll(named);
        }
    }

    @Test
    void a_counter_is_shown_as_a_rate_and_a_gauge_as_it_is() throws IOException {
        JsonNode dashboard =
                JsonMapper.shared().readTree(Files.readString(DEPLOY.resolve("grafana/internal-events.json")));
        for (JsonNode panel : dashboard.path("panels")) {
            for (JsonNode target : panel.path("targets")) {
                String expression = target.path("expr").asString();
                boolean counts = METRIC.matcher(expression)
                        .results()
                        .allMatch(name -> name.group().endsWith("_total"));
                // A number of a single panel is the sum since the start.
                boolean since = panel.path("type").asString().equals("stat");
                assertThat(expression.matches(".*(rate|increase)\\(.*"))
                        .as(expression)
                        .isEqualTo(counts && !since);
            }
        }
    }

    @Test
    void the_compose_files_and_the_unit_name_variables_that_the_command_reads() throws IOException {
        String sources = sources(Path.of("../../cli/src/main/java"));
        for (String file : Set.of(
                "compose/micro.yaml",
                "compose/collector.yaml",
                "collector.env",
                "internal-events-collector.service",
                "Containerfile")) {
            String text = Files.readString(DEPLOY.resolve(file)).replaceAll("INTERNAL_EVENTS_(IMAGE|JAVA_OPTS)", "");
            assertThat(Pattern.compile("INTERNAL_EVENTS_[A-Z_]+")
                            .matcher(text)
                            .results()
                            .map(MatchResult::group))
                    .allSatisfy(name -> assertThat(sources).as(file).contains(name));
        }
    }

    private static String sources(Path folder) throws IOException {
        StringBuilder all = new StringBuilder();
        try (var files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                all.append(Files.readString(file));
            }
        }
        return all + Files.readString(Path.of("../../cli/src/main/resources/logback.xml"));
    }
}
