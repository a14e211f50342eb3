package dev.internalevents.lake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.internalevents.collector.Collector;
import dev.internalevents.collector.CollectorSettings;
import dev.internalevents.collector.sink.PendingForgets;
import dev.internalevents.collector.sink.SinkMaintainer;
import dev.internalevents.protocol.PayloadData;
import dev.internalevents.protocol.TrackerPayload;
import dev.internalevents.store.SinkSettings;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.data.parquet.GenericParquetReaders;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.parquet.Parquet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A collector forgets persons in its lake too, wherever the tables are. */
abstract class LakeForgetContract {

    static final Duration LONG = Duration.ofSeconds(60);
    static final String PERSON = "70010001";
    static final String OTHER = "80020002";

    @TempDir
    Path folder;

    /** Returns where the lake is, with commits of a megabyte. */
    abstract SinkSettings lake(Duration commitEvery);

    /** Opens a table; null if it was not created yet. */
    abstract @Nullable Table table(String name);

    /** Returns the addresses of all files below a table's {@code data}, those that no snapshot reaches included. */
    abstract List<String> dataFiles(Table table) throws IOException;

    final Collector start(Duration commitEvery) throws IOException {
        return Collector.start(CollectorSettings.collector(folder.resolve("data"))
                .port(0)
                .sink(lake(commitEvery))
                .build());
    }

    private static int post(Collector collector, String path, byte[] body) throws IOException, InterruptedException {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(collector.url() + path))
                                .header("Content-Type", "application/json")
                                .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .statusCode();
    }

    /** Sends a good and a failed event of a user. */
    static void send(Collector collector, String user) throws IOException, InterruptedException {
        for (String value : List.of("1", "ten")) {
            TrackerPayload event = new TrackerPayload(new LinkedHashMap<>(Map.of(
                    "e",
                    "se",
                    "se_ca",
                    "c",
                    "se_ac",
                    "a",
                    "se_va",
                    value,
                    "uid",
                    user,
                    "eid",
                    UUID.randomUUID().toString())));
            assertThat(post(collector, "/com.snowplowanalytics.snowplow/tp2", PayloadData.encode(List.of(event))))
                    .isEqualTo(200);
        }
    }

    static void forget(Collector collector) throws IOException, InterruptedException {
        byte[] question = ("{\"users\":[\"" + PERSON + "\"]}").getBytes(StandardCharsets.UTF_8);
        assertThat(post(collector, "/micro/forget", question)).isEqualTo(200);
        assertThat(collector.store().summary(null).last()).isPositive();
    }

    static SinkMaintainer maintainer(Collector collector) {
        return Objects.requireNonNull(
                Objects.requireNonNull(collector.processor().sink()).maintainer());
    }

    static void awaitForgotten(Collector collector) {
        await().atMost(LONG).pollInterval(Duration.ofMillis(200)).until(() -> {
            maintainer(collector).runNow();
            return maintainer(collector).waitingForgets() == 0;
        });
    }

    final List<String> users(String name) {
        Table table = table(name);
        return table == null
                ? List.of()
                : Tables.rows(table).stream()
                        .map(row -> (String) row.getField("user_id"))
                        .toList();
    }

    final void assertThatNoFileHasThePerson() throws IOException {
        for (String name : List.of("good_events", "failed_events")) {
            Table table = Objects.requireNonNull(table(name));
            List<String> files = dataFiles(table).stream()
                    .filter(file -> file.endsWith(".parquet"))
                    .toList();
            assertThat(files).isNotEmpty();
            for (String file : files) {
                try (CloseableIterable<Record> rows = Parquet.read(table.io().newInputFile(file))
                        .project(table.schema())
                        .createReaderFunc(type -> GenericParquetReaders.buildReader(table.schema(), type, Map.of()))
                        .build()) {
                    assertThat(rows).noneMatch(row -> PERSON.equals(row.getField("user_id")));
                }
            }
        }
        assertThat(folder.resolve("data").resolve(PendingForgets.FILE)).doesNotExist();
    }

    @Test
    void rows_of_a_forgotten_person_are_gone_from_every_file_and_others_and_later_ones_stay() throws Exception {
        try (Collector collector = start(Duration.ofSeconds(1))) {
            send(collector, OTHER);
            send(collector, PERSON);
            await().atMost(LONG).until(() -> users("good_events").size() == 2);
            forget(collector);
            assertThat(maintainer(collector).waitingForgets()).isEqualTo(1);
            send(collector, OTHER);

            awaitForgotten(collector);

            await().atMost(LONG).until(() -> users("good_events").size() == 2);
            assertThat(users("good_events")).containsExactly(OTHER, OTHER);
            assertThatNoFileHasThePerson();
            send(collector, PERSON);
            await().atMost(LONG).until(() -> users("good_events").size() == 3);
            maintainer(collector).runNow();
        }
        assertThat(users("good_events")).containsExactly(OTHER, OTHER, PERSON);
        assertThat(users("failed_events")).containsExactly(OTHER, OTHER, PERSON);
        Table table = Objects.requireNonNull(table("good_events"));
        for (Snapshot snapshot : table.snapshots()) {
            assertThat(table.io().newInputFile(snapshot.manifestListLocation()).exists())
                    .isTrue();
        }
    }

    @Test
    void rows_that_were_not_written_yet_do_not_come_back() throws Exception {
        try (Collector collector = start(Duration.ofHours(1))) {
            send(collector, OTHER);
            send(collector, PERSON);
            forget(collector);
            maintainer(collector).runNow();
            await().atMost(LONG).until(() -> maintainer(collector).rounds() > 0);
            assertThat(maintainer(collector).waitingForgets()).isEqualTo(1);
        }
        // The close wrote what was handed over before.
        assertThat(users("good_events")).contains(PERSON);
        try (Collector collector = start(Duration.ofSeconds(1))) {
            awaitForgotten(collector);
            assertThatNoFileHasThePerson();
        }
        assertThat(users("good_events")).containsExactly(OTHER);
        assertThat(users("failed_events")).containsExactly(OTHER);
    }
}
