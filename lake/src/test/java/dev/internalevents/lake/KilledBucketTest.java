package dev.internalevents.lake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.internalevents.collector.Collector;
import dev.internalevents.collector.CollectorSettings;
import dev.internalevents.lake.s3.S3Files;
import dev.internalevents.store.SinkSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kills a collector in the middle of commits to a bucket, and stops the bucket: {@code -Dlake.kills=30} for more. */
@Tag("slow")
class KilledBucketTest {

    private static final int ROUNDS = Integer.getInteger("lake.kills", 2);

    /** The last collector writes what all the others had no time for. */
    private static final Duration LONG = Duration.ofSeconds(120 + 20 * ROUNDS);

    private static final String LAKE = "s3://" + S3Server.BUCKET + "/lake";

    @TempDir
    private Path folder;

    /** The collector that is killed: {@code DATA ENDPOINT PORT_FILE}. */
    static final class Main {
        private Main() {}

        public static void main(String[] arguments) throws IOException, InterruptedException {
            Collector collector = start(Path.of(arguments[0]), arguments[1]);
            Path written = Path.of(arguments[2] + ".new");
            Files.writeString(written, collector.url());
            Files.move(written, Path.of(arguments[2]));
            new CountDownLatch(1).await();
        }
    }

    private static Collector start(Path data, String endpoint) throws IOException {
        return Collector.start(CollectorSettings.collector(data)
                .port(0)
                .sink(new SinkSettings(
                        LAKE, null, SinkSettings.Format.ICEBERG, Duration.ofSeconds(1), 1_000_000, endpoint))
                .build());
    }

    private static List<Long> numbers(S3Server s3) {
        try (LakeCatalog catalog = new BucketCatalog(LAKE, new S3Files(s3.settings()))) {
            return Tables.numbers(catalog.open(TableShape.GOOD_EVENTS));
        }
    }

    @Test
    void every_acknowledged_event_is_in_the_bucket_once_after_kills_in_the_middle_of_commits() throws Exception {
        Path data = folder.resolve("data");
        Random random = new Random(18);
        Traffic traffic = new Traffic();
        try (S3Server s3 = S3Server.start(folder.resolve("objects"))) {
            for (int round = 0; round < ROUNDS; round++) {
                Path port = folder.resolve("port" + round);
                Process process = startProcess(data, s3, port);
                try {
                    await().atMost(LONG).until(() -> Files.exists(port));
                    String url = Files.readString(port);
                    // Each object that appears is a step of a commit.
                    Set<Path> before = objects();
                    long step = 1 + random.nextInt(6);
                    while (step > 0) {
                        assertThat(process.isAlive()).isTrue();
                        traffic.send(url, 100);
                        Set<Path> now = objects();
                        step -= now.equals(before) ? 0 : 1;
                        before = now;
                    }
                } finally {
                    process.destroyForcibly();
                    process.waitFor(30, TimeUnit.SECONDS);
                }
            }
            try (Collector collector = start(data, s3.url())) {
                awaitWritten(collector, s3, traffic);
                // Away for a while, while events arrive
                s3.stop();
                traffic.send(collector.url(), 50);
                traffic.send(collector.url(), 50);
                s3.start();
                awaitWritten(collector, s3, traffic);
            }

            List<Long> numbers = numbers(s3);

            // A request whose answer the kill prevented may be stored too.
            assertThat(numbers.size()).isGreaterThanOrEqualTo((int) traffic.acknowledged());
            assertThat(numbers)
                    .isEqualTo(LongStream.rangeClosed(1, numbers.size()).boxed().toList());
        }
    }

    /** Reads the table only when it is likely to be complete, because that takes long. */
    private static void awaitWritten(Collector collector, S3Server s3, Traffic traffic) {
        await().atMost(LONG).until(() -> Traffic.metric(collector, "internal_events_requests_waiting") == 0);
        await().atMost(LONG).until(() -> Traffic.metric(collector, "internal_events_lake_behind") == 0);
        await().atMost(LONG).until(() -> numbers(s3).size() >= traffic.acknowledged());
    }

    private Set<Path> objects() {
        try (Stream<Path> all = Files.walk(folder.resolve("objects"))) {
            return all.collect(Collectors.toSet());
        } catch (IOException | UncheckedIOException e) {
            return Set.of(); // One was replaced meanwhile.
        }
    }

    private Process startProcess(Path data, S3Server s3, Path port) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx512m",
                        "-Daws.accessKeyId=" + System.getProperty("aws.accessKeyId"),
                        "-Daws.secretAccessKey=" + System.getProperty("aws.secretAccessKey"),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName(),
                        data.toString(),
                        s3.url(),
                        port.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve(port.getFileName() + ".log").toFile())
                .start();
    }
}
