package dev.internalevents.hostile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.internalevents.client.InternalEventsClient;
import dev.internalevents.client.InternalEventsClientBuilder;
import dev.internalevents.client.delivery.ClientStats;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.net.ssl.SSLContext;
import org.assertj.core.api.SoftAssertions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests each misbehaviour over http and https, with an in-memory queue and with an outbox. */
@Tag("slow")
class HostileCollectorTest {

    private static final Duration LONG = Duration.ofSeconds(30);

    private static final int EVENTS = 400;

    @TempDir
    private static Path keys;

    private static SSLContext tls;

    @TempDir
    private Path folder;

    @BeforeAll
    static void makeKeys() throws Exception {
        tls = RawCollector.certificate(keys).context();
    }

    @AfterEach
    void no_thread_is_left() {
        assertThat(threads()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void loses_nothing(Misbehaviour how) throws Exception {
        everywhere(how, (collector, outbox) -> {
            InternalEventsClient client = builder(collector.url(), outbox)
                    .connectTimeout(Duration.ofMillis(500))
                    .readTimeout(Duration.ofMillis(how.leavesBytesUnread() ? 3_000 : 500))
                    .build();
            Set<String> tracked = track(client, how.eventBytes());
            await().atMost(LONG)
                    .until(() -> collector.misbehaved() >= 2 || client.stats().held() == 0);
            collector.behave();
            assertThat(client.flush(LONG))
                    .describedAs("%s", client.lastFailure())
                    .isTrue();
            assertThat(client.stats())
                    .describedAs("%s", client.lastFailure())
                    .returns((long) EVENTS, ClientStats::tracked)
                    .returns((long) EVENTS, ClientStats::delivered)
                    .returns(0L, ClientStats::rejected)
                    .returns(0L, ClientStats::dropped);
            assertThat(client.close(Duration.ZERO)).isZero();
            assertThat(collector.names()).isEqualTo(tracked);
        });
    }

    @ParameterizedTest
    @EnumSource
    void closes_in_time(Misbehaviour how) throws Exception {
        everywhere(how, (collector, outbox) -> {
            // Use the default time-outs, so that only close ends a request.
            InternalEventsClient client = builder(collector.url(), outbox).build();
            Set<String> tracked = track(client, how.eventBytes());
            await().atMost(LONG).until(() -> collector.misbehaved() >= 1);
            long left = assertTimeoutPreemptively(
                    Duration.ofSeconds(1).plus(RawCollector.SLACK), () -> client.close(Duration.ofSeconds(1)));
            ClientStats stats = client.stats();
            assertThat(stats.rejected()).isZero();
            if (outbox == null) {
                assertThat(stats.delivered() + stats.dropped()).isEqualTo(EVENTS);
                assertThat(stats.dropped()).isEqualTo(left);
            } else {
                // A partly delivered batch stays in the outbox as a whole, so some of its events are counted twice.
                assertThat(stats.delivered() + left).isGreaterThanOrEqualTo(EVENTS);
                collector.behave();
                try (InternalEventsClient next =
                        builder(collector.url(), outbox).build()) {
                    assertThat(next.flush(LONG)).isTrue();
                }
                assertThat(collector.names()).isEqualTo(tracked);
            }
        });
    }

    private interface Check {
        void run(RawCollector collector, @Nullable Path outbox) throws Exception;
    }

    /** Runs a check over http and https, with an in-memory queue and with an outbox, in parallel. */
    private void everywhere(Misbehaviour how, Check check) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            Map<String, Future<?>> running = new LinkedHashMap<>();
            for (SSLContext keys : Arrays.asList(null, tls)) {
                String name = keys == null ? "http" : "https";
                for (Path outbox : Arrays.asList(null, folder.resolve(name))) {
                    running.put(name + (outbox == null ? ", in memory" : ", with an outbox"), threads.submit(() -> {
                        try (RawCollector collector = new RawCollector(keys, how)) {
                            check.run(collector, outbox);
                        }
                        return null;
                    }));
                }
            }
            SoftAssertions.assertSoftly(all -> running.forEach((name, end) ->
                    all.assertThatCode(end::get).describedAs(name).doesNotThrowAnyException()));
        } finally {
            threads.shutdownNow();
        }
    }

    private InternalEventsClientBuilder builder(URI url, @Nullable Path outbox) {
        InternalEventsClientBuilder builder = InternalEventsClient.builder()
                .endpoint(url)
                .tls(tls)
                .batchSize(EVENTS)
                .maxRequestBytes(16 << 20)
                .linger(Duration.ofMillis(100))
                .backOff(Duration.ofMillis(1), Duration.ofMillis(50))
                .shutdownHook(false);
        return outbox == null ? builder : builder.outbox(outbox);
    }

    private static Set<String> track(InternalEventsClient client, int bytes) {
        String filler = "x".repeat(bytes);
        List<String> names =
                IntStream.range(0, EVENTS).mapToObj(i -> "event_" + i).toList();
        names.forEach(name -> client.event(name).put("filler", filler).track());
        return names.stream().collect(Collectors.toSet());
    }

    private static List<String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("internal-events-"))
                .toList();
    }
}
