package dev.internalevents.lake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.internalevents.collector.Collector;
import dev.internalevents.collector.CollectorSettings;
import dev.internalevents.store.SinkSettings;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kills a collector in the middle of commits to its lake: {@code -Dlake.kills=30} for more rounds than two. */
@Tag("slow")
class KilledLakeTest {

    private static final int ROUNDS = Integer.getInteger("lake.kills", 2);
    private static final Duration LONG = Duration.ofSeconds(120);

    @TempDir
    private Path folder;

    /** The collector that is killed: {@code DATA LAKE PORT_FILE SECONDS_BETWEEN_COMMITS}. */
    static final class Main {
        private Main() {}

        public static void main(String[] arguments) throws IOException, InterruptedException {
            Collector collector = start(
                    Path.of(arguments[0]), Path.of(arguments[1]), Duration.ofSeconds(Long.parseLong(arguments[3])));
            Runtime.getRuntime().addShutdownHook(new Thread(collector::close));
            Path written = Path.of(arguments[2] + ".new");
            Files.writeString(written, collector.url());
            Files.move(written, Path.of(arguments[2]));
            new CountDownLatch(1).await();
        }
    }

    private static Collector start(Path data, Path lake, Duration commitEvery) throws IOException {
        return Collector.start(CollectorSettings.collector(data)
                .port(0)
                .sink(new SinkSettings(lake, commitEvery, 1_000_000))
                .build());
    }

    @Test
    void every_acknowledged_event_is_in_the_lake_once_after_kills_in_the_middle_of_commits() throws Exception {
        Path data = folder.resolve("data");
        Path lake = folder.resolve("lake");
        Random random = new Random(18);
        Traffic traffic = new Traffic();
        for (int round = 0; round < ROUNDS; round++) {
            Path port = folder.resolve("port" + round);
            Process process = startProcess(data, lake, port, 1);
            try {
                await().atMost(LONG).until(() -> Files.exists(port));
                String url = Files.readString(port);
                // Each file that appears is a step of a commit.
                Set<Path> before = metadata(lake);
                long step = 1 + random.nextInt(4);
                while (step > 0) {
                    assertThat(process.isAlive()).isTrue();
                    traffic.send(url, 100);
                    Set<Path> now = metadata(lake);
                    step -= now.equals(before) ? 0 : 1;
                    before = now;
                }
            } finally {
                process.destroyForcibly();
                process.waitFor(30, TimeUnit.SECONDS);
            }
        }
        try (Collector collector = start(data, lake, Duration.ofSeconds(1))) {
            assertThat(collector.url()).isNotEmpty();
            await().atMost(LONG)
                    .until(() -> Tables.numbers(lake.resolve("good_events")).size() >= traffic.acknowledged());
        }

        List<Long> numbers = Tables.numbers(lake.resolve("good_events"));

        // A request whose answer the kill prevented may be stored too.
        assertThat(numbers.size()).isGreaterThanOrEqualTo((int) traffic.acknowledged());
        assertThat(numbers)
                .isEqualTo(LongStream.rangeClosed(1, numbers.size()).boxed().toList());
    }

    @Test
    void a_collector_that_is_terminated_commits_what_was_stored() throws Exception {
        Path lake = folder.resolve("lake");
        Path port = folder.resolve("port");
        Traffic traffic = new Traffic();
        Process process = startProcess(folder.resolve("data"), lake, port, 3_600);
        try {
            await().atMost(LONG).until(() -> Files.exists(port));
            await().atMost(LONG).until(() -> !metadata(lake).isEmpty());
            assertThat(traffic.send(Files.readString(port), 100)).isTrue();
            process.destroy();
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        assertThat(Tables.numbers(lake.resolve("good_events")))
                .as(() -> "after %s".formatted(log(port)))
                .hasSize(100);
    }

    private Process startProcess(Path data, Path lake, Path port, int seconds) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx512m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName(),
                        data.toString(),
                        lake.toString(),
                        port.toString(),
                        Integer.toString(seconds))
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve(port.getFileName() + ".log").toFile())
                .start();
    }

    private String log(Path port) {
        try {
            return Files.readString(folder.resolve(port.getFileName() + ".log"));
        } catch (IOException e) {
            return e.toString();
        }
    }

    private static Set<Path> metadata(Path lake) throws IOException {
        Set<Path> files = new HashSet<>();
        for (String table : List.of("good_events", "failed_events")) {
            Path metadata = lake.resolve(table).resolve("metadata");
            if (Files.exists(metadata)) {
                try (DirectoryStream<Path> all = Files.newDirectoryStream(metadata)) {
                    all.forEach(files::add);
                }
            }
        }
        return files;
    }
}
