package dev.internalevents.collector;

import static org.assertj.core.api.Assertions.assertThat;

import dev.internalevents.definitions.Dictionary;
import dev.internalevents.definitions.read.DefinitionFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.Base64;
import java.util.Properties;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.duckdb.DuckDBDriver;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** A collector's metrics count exactly the stored events, each once. */
@Tag("slow")
class StoredCountsTest {

    @TempDir
    Path folder;

    private Dictionary dictionary;

    @AutoClose
    private final TestCollector collector = new TestCollector();

    @BeforeEach
    void define() throws IOException {
        Path definitions = folder.resolve("definitions");
        file(definitions.resolve("events/asked.yml"), """
                description: A user asked
                internal_events: true
                action: asked
                identifiers: [user, project, namespace]
                additional_properties:
                  label: {description: a}
                  value: {description: b}
                  engine: {description: c}
                tiers: [free]
                """);
        metric(definitions, "counts.total", "all", "{name: asked}");
        metric(definitions, "counts.filtered", "all", "{name: asked, filter: {label: x, engine: anthropic}}");
        metric(definitions, "sums.value", "all", "{name: asked, operator: sum(value)}");
        metric(definitions, "uniques.users", "[7d, 28d]", "{name: asked, unique: user.id}");
        metric(definitions, "totals.labels", "7d", "{name: asked, unique: label, operator: total}");
        dictionary = DefinitionFiles.load(definitions);
    }

    private static void metric(Path definitions, String keyPath, String frames, String rule) throws IOException {
        file(definitions.resolve("metrics/" + keyPath + ".yml"), """
                key_path: %s
                description: a count
                value_type: %s
                status: active
                data_source: internal_events
                time_frame: %s
                tiers: [free]
                events: [%s]
                """.formatted(
                        keyPath, rule.contains("operator: total") ? "object" : "number", frames, rule));
    }

    private static void file(Path path, String text) throws IOException {
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }

    private void start(CollectorSettingsBuilder settings) throws IOException {
        collector.start(settings.readYourWrites(true).dictionary(dictionary));
    }

    private CollectorSettingsBuilder onDisk() {
        return CollectorSettings.collector(folder.resolve("data"));
    }

    private void send(UUID id, int user, String label, String engine, String value) throws Exception {
        String contexts =
                "{\"schema\":\"iglu:com.snowplowanalytics.snowplow/contexts/jsonschema/1-0-1\",\"data\":[{\"schema\":"
                        + "\"iglu:com.gitlab/gitlab_standard/jsonschema/1-1-7\",\"data\":{\"environment\":\"test\",\"user_id\":"
                        + user
                        + ",\"project_id\":7,\"extra\":{\"engine\":\"" + engine + "\"}}}]}";
        String cx = Base64.getUrlEncoder().encodeToString(contexts.getBytes(StandardCharsets.UTF_8));
        collector.track("{\"e\":\"se\",\"se_ca\":\"c\",\"se_ac\":\"asked\",\"se_la\":\"" + label + "\",\"se_va\":\""
                + value + "\",\"eid\":\"" + id + "\",\"p\":\"srv\",\"tv\":\"t\",\"cx\":\"" + cx + "\"}");
    }

    private double current(String keyPath) throws Exception {
        return value(keyPath).asDouble();
    }

    private JsonNode value(String keyPath) throws Exception {
        JsonNode answer = collector.json("/micro/metrics");
        return answer.path("metrics")
                .valueStream()
                .filter(metric -> metric.path("key_path").asString().equals(keyPath))
                .findFirst()
                .orElseThrow()
                .path("current");
    }

    private void sendSome() throws Exception {
        UUID twice = UUID.randomUUID();
        send(twice, 1, "x", "anthropic", "1.5");
        send(twice, 1, "x", "anthropic", "1.5");
        send(UUID.randomUUID(), 1, "y", "anthropic", "2");
        send(UUID.randomUUID(), 2, "x", "vertex", "0.25");
    }

    private void assertSome() throws Exception {
        assertThat(current("counts.total")).isEqualTo(3);
        assertThat(current("counts.filtered")).isEqualTo(1);
        assertThat(current("sums.value")).isEqualTo(3.75);
        assertThat(current("uniques.users_weekly")).isEqualTo(2);
        assertThat(current("uniques.users_monthly")).isEqualTo(2);
        assertThat(value("totals.labels").toString()).isEqualTo("{\"label\":{\"x\":2,\"y\":1}}");
    }

    @Test
    void a_sum_beyond_every_double_is_minus_two_with_the_reason() throws Exception {
        start(CollectorSettings.micro());

        send(UUID.randomUUID(), 1, "x", "anthropic", "1.7e308");
        send(UUID.randomUUID(), 1, "x", "anthropic", "1.7e308");

        assertThat(value("sums.value").toString()).isEqualTo("-2");
        assertThat(value("counts.total").toString()).isEqualTo("2");
        assertThat(collector.json("/micro/metrics").toString())
                .containsOnlyOnce("\"error\":\"the sum is beyond the greatest number");
        JsonNode ping = collector.json("/micro/service-ping");
        assertThat(ping.path("sums").path("value").toString()).isEqualTo("-2");
        assertThat(ping.path("metadata").toString()).containsOnlyOnce("\"error\":\"the sum is beyond");
    }

    @Test
    void an_event_that_arrives_twice_counts_once() throws Exception {
        start(CollectorSettings.micro());

        sendSome();

        assertSome();
    }

    @ParameterizedTest
    @ValueSource(strings = {"pv", "pp", "tr", "ti"})
    void a_page_view_with_an_action_counts_nowhere(String type) throws Exception {
        start(onDisk());
        collector.track(
                "{\"e\":\"" + type + "\",\"p\":\"web\",\"se_ac\":\"asked\",\"ev_ac\":\"asked\",\"se_va\":\"5\"}");
        assertThat(collector.get("/micro/all").body()).isEqualTo("{\"total\":1,\"good\":1,\"bad\":0}");
        assertThat(current("counts.total")).isZero();
        collector.close();
        Files.delete(folder.resolve("data/counters"));
        start(onDisk());

        assertThat(current("counts.total")).isZero();
        assertThat(current("sums.value")).isZero();
    }

    @Test
    void a_reset_begins_at_zero() throws Exception {
        start(CollectorSettings.micro());
        sendSome();
        assertSome();

        collector.post("/micro/reset", "{}");

        assertThat(current("counts.total")).isZero();
        sendSome();
        assertSome();
    }

    @Test
    void counts_go_on_after_the_next_start() throws Exception {
        start(onDisk());
        sendSome();
        collector.close();
        start(onDisk());
        assertSome();

        send(UUID.randomUUID(), 3, "x", "anthropic", "1");

        assertThat(current("counts.total")).isEqualTo(4);
        assertThat(current("uniques.users_weekly")).isEqualTo(3);
    }

    /** After a crash, the counters' file can be missing or older than the store. */
    @Test
    void what_the_counters_have_not_is_counted_from_the_store() throws Exception {
        start(onDisk());
        sendSome();
        collector.close();
        Path counters = folder.resolve("data/counters");
        byte[] old = Files.readAllBytes(counters);
        start(onDisk());
        for (int user = 10; user < 20; user++) {
            send(UUID.randomUUID(), user, "x", "anthropic", "1");
        }
        collector.close();
        Files.write(counters, old);
        start(onDisk());
        assertThat(current("counts.total")).isEqualTo(13);
        assertThat(current("uniques.users_weekly")).isEqualTo(12);
        collector.close();
        Files.delete(counters);
        start(onDisk());

        assertThat(current("counts.total")).isEqualTo(13);
        assertThat(current("sums.value")).isEqualTo(13.75);
        assertThat(current("uniques.users_weekly")).isEqualTo(12);
    }

    @Test
    void processing_goes_on_though_rows_of_the_store_cannot_be_read() throws Exception {
        start(onDisk());
        sendSome();
        collector.close();
        Files.delete(folder.resolve("data/counters"));
        try (Connection connection = new DuckDBDriver()
                        .connect("jdbc:duckdb:" + folder.resolve("data/events.duckdb"), new Properties());
                Statement sql = connection.createStatement()) {
            sql.execute("UPDATE event SET se_value = 'Infinity' WHERE number = 1");
            sql.execute("UPDATE event SET parameters = '{' WHERE number = 2");
        }

        start(onDisk());
        send(UUID.randomUUID(), 3, "x", "anthropic", "1");

        assertThat(current("counts.total")).isEqualTo(3);
        assertThat(current("sums.value")).isEqualTo(1.25);
        assertThat(collector.json("/micro/good")).hasSize(3);
        assertThat(collector.json("/micro/events").size()).isEqualTo(3);
        assertThat(collector.get("/micro/export").body().lines()).hasSize(3);
        assertThat(collector.get("/metrics").body()).contains("internal_events_events_unreadable 1.0\n");
        assertThat(collector.post("/micro/failed/retry", "").statusCode()).isEqualTo(200);
        assertThat(collector.post("/micro/forget", "{\"users\":[\"3\"]}").statusCode())
                .isEqualTo(200);
    }

    @Test
    void a_number_that_no_column_can_hold_is_a_failed_event() throws Exception {
        start(onDisk());
        send(UUID.randomUUID(), 1, "x", "anthropic", "1e309");
        send(UUID.randomUUID(), 1, "x", "anthropic", "2");
        assertThat(collector.get("/micro/all").body()).isEqualTo("{\"total\":2,\"good\":1,\"bad\":1}");
        assertThat(collector.json("/micro/bad").at("/0/errors/0").asString()).contains("se_va", "1.8e308");
        collector.close();
        start(onDisk());

        assertThat(collector.json("/micro/bad")).hasSize(1);
        assertThat(current("sums.value")).isEqualTo(2);
    }

    @Test
    void a_store_that_begins_anew_is_added_to_what_was_counted() throws Exception {
        start(onDisk());
        sendSome();
        collector.close();
        Path data = folder.resolve("data");
        try (Stream<Path> files = Files.walk(data)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                if (!file.equals(data.resolve("counters"))) {
                    Files.delete(file);
                }
            }
        }
        start(onDisk());
        assertThat(current("counts.total")).isEqualTo(3);

        send(UUID.randomUUID(), 9, "x", "anthropic", "1");
        assertThat(current("counts.total")).isEqualTo(4);
        collector.close();
        start(onDisk());

        assertThat(current("counts.total")).isEqualTo(4);
        assertThat(current("uniques.users_weekly")).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "no counters", "a folder", "may not be read"})
    void a_damaged_file_of_counters_is_set_aside_and_counted_again(String damage) throws Exception {
        start(onDisk());
        sendSome();
        collector.close();
        Path counters = folder.resolve("data/counters");
        if (damage.equals("a folder")) {
            Files.delete(counters);
            Files.createDirectories(counters.resolve("something in it"));
        } else if (damage.equals("may not be read")) {
            Files.setPosixFilePermissions(counters, Set.of());
        } else {
            Files.writeString(counters, damage);
        }

        start(onDisk());
        assertSome();
        collector.close();
        start(onDisk());

        assertSome();
        // Root can read the file anyway, so it is not damaged.
        boolean isWhole = damage.equals("may not be read") && "root".equals(System.getProperty("user.name"));
        assertThat(Files.exists(folder.resolve("data/counters.damaged"))).isEqualTo(!isWhole);
        assertThat(counters).isRegularFile();
    }

    @Test
    void without_definitions_there_are_no_metrics() throws Exception {
        collector.start(CollectorSettings.micro());

        assertThat(collector.json("/micro/metrics").path("defined").asBoolean()).isFalse();
        assertThat(collector.json("/micro/definitions").path("events").size()).isZero();
    }
}
