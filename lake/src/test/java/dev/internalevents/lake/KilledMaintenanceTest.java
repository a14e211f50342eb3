package dev.internalevents.lake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.internalevents.collector.Collector;
import dev.internalevents.collector.CollectorSettings;
import dev.internalevents.collector.sink.SinkMaintainer;
import dev.internalevents.protocol.PayloadData;
import dev.internalevents.protocol.TrackerPayload;
import dev.internalevents.store.EventQuery;
import dev.internalevents.store.EventSink;
import dev.internalevents.store.EventSinks;
import dev.internalevents.store.SinkSettings;
import dev.internalevents.store.StoredEvent;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.io.CloseableIterable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills a collector that merges files, expires snapshots and forgets persons: {@code -Dlake.kills=30} for more rounds
 * than two.
 */
@Tag("slow")
class KilledMaintenanceTest {

    private static final int ROUNDS = Integer.getInteger("lake.kills", 2);
    private static final Duration LONG = Duration.ofSeconds(120);
    private static final String GOOD = "good_events";
    private static final int EVENTS_OF_A_ROUND = 200;

    @TempDir
    private Path folder;

    /** The collector that is killed, which looks after its lake all the time: {@code DATA LAKE PORT_FILE}. */
    static final class Main {
        private Main() {}

        public static void main(String[] arguments) throws IOException {
            Collector collector = start(Path.of(arguments[0]), Path.of(arguments[1]));
            Path written = Path.of(arguments[2] + ".new");
            Files.writeString(written, collector.url());
            Files.move(written, Path.of(arguments[2]));
            while (true) {
                long rounds = maintainer(collector).rounds();
                maintainer(collector).runNow();
                await().forever().until(() -> maintainer(collector).rounds() > rounds);
            }
        }
    }

    private static Collector start(Path data, Path lake) throws IOException {
        return Collector.start(CollectorSettings.collector(data)
                .port(0)
                .sink(new SinkSettings(lake, Duration.ofSeconds(1), 1_000_000))
                .build());
    }

    private static SinkMaintainer maintainer(Collector collector) {
        return Objects.requireNonNull(
                Objects.requireNonNull(collector.processor().sink()).maintainer());
    }

    private static HttpResponse<String> post(String url, byte[] body) throws IOException, InterruptedException {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(url))
                                .header("Content-Type", "application/json")
                                .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
    }

    private static boolean forget(String url, List<String> persons) {
        try {
            String question = "{\"users\":[\"" + String.join("\",\"", persons) + "\"]}";
            return post(url + "/micro/forget", question.getBytes(StandardCharsets.UTF_8))
                            .statusCode()
                    == 200;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static void send(String url, String person) throws InterruptedException {
        List<TrackerPayload> events = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            events.add(new TrackerPayload(new LinkedHashMap<>(Map.of(
                    "e",
                    "se",
                    "se_ca",
                    "c",
                    "se_ac",
                    "a",
                    "uid",
                    person,
                    "eid",
                    UUID.randomUUID().toString()))));
        }
        try {
            post(url + "/com.snowplowanalytics.snowplow/tp2", PayloadData.encode(events));
        } catch (IOException e) {
            // It was killed.
        }
    }

    @Test
    void every_event_is_in_the_lake_once_and_no_row_of_a_forgotten_person_after_kills_of_maintenance()
            throws Exception {
        Path data = folder.resolve("data");
        Path lake = folder.resolve("lake");
        MaintainedTables tables = new MaintainedTables(lake);
        EventSinks.Owner other = MaintainedTables.owner();
        Random random = new Random(18);
        Traffic traffic = new Traffic();
        List<String> persons = new ArrayList<>();
        List<String> forgotten = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            fill(tables, other, round);
            Path port = folder.resolve("port" + round);
            Process process = startProcess(data, lake, port);
            try {
                await().atMost(LONG).until(() -> Files.exists(port));
                String url = Files.readString(port);
                String person = "person" + (70_000_000 + round);
                persons.add(person);
                send(url, person);
                // A busy machine takes longer than the collector waits, and it asks to repeat the request.
                CompletableFuture<Boolean> asked = CompletableFuture.supplyAsync(
                        () -> forget(url, List.of(person)) || forget(url, List.of(person)));
                // Each file that appears or disappears is a step of a round.
                Set<String> before = files(tables);
                long step = 1 + random.nextInt(12);
                while (step > 0) {
                    assertThat(process.isAlive()).isTrue();
                    traffic.send(url, 10);
                    Set<String> now = files(tables);
                    step -= now.equals(before) ? 0 : 1;
                    before = now;
                }
                process.destroyForcibly();
                if (isTrue(asked)) {
                    forgotten.add(person);
                }
            } finally {
                process.destroyForcibly();
                process.waitFor(30, TimeUnit.SECONDS);
            }
        }

        long stored;
        List<Long> numbers;
        try (Collector collector = start(data, lake)) {
            awaitForgotten(collector);
            assertThat(users(tables)).noneMatch(forgotten::contains);
            assertThat(forget(collector.url(), persons)).isTrue();
            awaitForgotten(collector);
            assertThat(users(tables)).doesNotContainAnyElementsOf(persons);
            stored = collector.store().count(EventQuery.ALL);
            numbers = collector.store().find(EventQuery.ALL.oldestFirst(), 0, Integer.MAX_VALUE).stream()
                    .map(StoredEvent::number)
                    .toList();
            await().atMost(LONG).until(() -> ours(tables, other, false).size() >= stored);
        }

        assertThat(stored).isGreaterThanOrEqualTo(traffic.acknowledged());
        assertThat(ours(tables, other, false)).isEqualTo(numbers);
        assertThat(ours(tables, other, true))
                .isEqualTo(LongStream.rangeClosed(1, (long) ROUNDS * EVENTS_OF_A_ROUND)
                        .filter(number -> number % 4 != 0)
                        .boxed()
                        .toList());
        assertThatNothingIsLeft(tables, lake);
    }

    private Path log(Path port) {
        return folder.resolve(port.getFileName() + ".log");
    }

    private static boolean isTrue(CompletableFuture<Boolean> asked) throws InterruptedException {
        try {
            return asked.get();
        } catch (ExecutionException e) {
            return false;
        }
    }

    /** Adds small files of yesterday, and makes snapshots expire at once. */
    private static void fill(MaintainedTables tables, EventSinks.Owner other, int round) {
        try (EventSink sink = tables.open(other)) {
            for (long i = 0; i < EVENTS_OF_A_ROUND; i += 10) {
                long after = (long) round * EVENTS_OF_A_ROUND + i;
                tables.write(sink, tables.daysAgo(1), after, after + 10);
            }
        }
        for (String table : List.of(GOOD, "failed_events")) {
            tables.table(table)
                    .updateProperties()
                    .set("history.expire.max-snapshot-age-ms", "1")
                    .set("history.expire.min-snapshots-to-keep", "2")
                    .commit();
        }
    }

    private static Set<String> files(MaintainedTables tables) {
        Set<String> files = new TreeSet<>();
        for (String table : List.of(GOOD, "failed_events")) {
            files.addAll(tables.dataOnDisk(table));
            files.addAll(tables.metadataOnDisk(table));
        }
        return files;
    }

    private static void awaitForgotten(Collector collector) {
        await().atMost(LONG).pollInterval(Duration.ofMillis(300)).until(() -> {
            maintainer(collector).runNow();
            return maintainer(collector).waitingForgets() == 0;
        });
    }

    private List<String> users(MaintainedTables tables) {
        List<String> users = new ArrayList<>();
        for (Record row : Tables.rows(folder.resolve("lake").resolve(GOOD))) {
            if (row.getField("user_id") instanceof String user) {
                users.add(user);
            }
        }
        assertThat(tables.files(GOOD)).isNotEmpty();
        return users;
    }

    private List<Long> ours(MaintainedTables tables, EventSinks.Owner other, boolean others) {
        assertThat(tables.files(GOOD)).isNotEmpty();
        return Tables.rows(folder.resolve("lake").resolve(GOOD)).stream()
                .filter(row -> others == other.id().toString().equals(row.getField("collector_id")))
                .map(row -> (Long) row.getField("number"))
                .toList();
    }

    /** Every data file is named by a snapshot, after a round in which all files are old. */
    private static void assertThatNothingIsLeft(MaintainedTables tables, Path lake) throws IOException {
        try (Stream<Path> all = Files.walk(lake)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(Duration.ofDays(4))));
            }
        }
        tables.now.addAndGet(Duration.ofDays(2).toMillis());
        tables.tidy();
        Set<String> named = new TreeSet<>();
        Table table = tables.table(GOOD);
        for (Snapshot snapshot : table.snapshots()) {
            try (CloseableIterable<FileScanTask> files =
                    table.newScan().useSnapshot(snapshot.snapshotId()).planFiles()) {
                files.forEach(file ->
                        named.add(Path.of(file.file().location()).getFileName().toString()));
            }
        }
        assertThat(tables.dataOnDisk(GOOD)).isEqualTo(named);
    }

    private Process startProcess(Path data, Path lake, Path port) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx512m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName(),
                        data.toString(),
                        lake.toString(),
                        port.toString())
                .redirectErrorStream(true)
                .redirectOutput(log(port).toFile())
                .start();
    }
}
