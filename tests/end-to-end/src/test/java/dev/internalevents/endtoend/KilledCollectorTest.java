package dev.internalevents.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Checks the collector's guarantee: every acknowledged event is in the store exactly once, even if its process is
 * killed.
 */
class KilledCollectorTest {

    private static final int KILLS = Integer.getInteger("collector.kills", 6);
    private static final int SENDERS = 4;
    private static final int EVENTS = 5;
    private static final Duration LONG = Duration.ofMinutes(3);

    private final Set<String> acknowledged = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean over = new AtomicBoolean();
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(2))
            .build();

    @Test
    void what_was_acknowledged_is_in_the_store_once_however_often_the_process_is_killed(@TempDir Path folder)
            throws Exception {
        int port = Command.freePort();
        String url = "http://127.0.0.1:" + port;
        String[] command = {"collector", "--data", folder.resolve("data").toString(), "--port", String.valueOf(port)};
        Random random = new Random(20261125);
        List<Thread> senders = new ArrayList<>();
        for (int i = 0; i < SENDERS; i++) {
            Thread sender = new Thread(() -> send(url), "sender-" + i);
            sender.setDaemon(true);
            senders.add(sender);
        }
        Command collector = Command.start(folder, command);
        try {
            senders.forEach(Thread::start);
            for (int kill = 0; kill < KILLS; kill++) {
                int enough = acknowledged.size() + 200 + random.nextInt(4_000);
                await().atMost(LONG).until(() -> acknowledged.size() >= enough);
                collector.kill();
                assertNoLoss(collector);
                collector = Command.start(folder, command);
            }
            int enough = acknowledged.size() + 500;
            await().atMost(LONG).until(() -> acknowledged.size() >= enough);
            over.set(true);
            for (Thread sender : senders) {
                sender.join();
            }
            Stored.awaitAll(url);
            assertNoLoss(collector);
            assertThat(Web.get(url + "/metrics").body())
                    .contains("internal_events_lost_requests_total 0.0\n")
                    .contains("internal_events_lost_events_total 0.0\n")
                    .contains("internal_events_lost_spool_bytes_total 0.0\n")
                    .contains("internal_events_damaged_files_total 0.0\n");

            Map<String, Integer> stored = Stored.ids(url);
            assertThat(stored.keySet()).containsExactlyInAnyOrderElementsOf(acknowledged);
            assertThat(stored.values()).containsOnly(1);
        } finally {
            over.set(true);
            collector.close();
        }
    }

    /** Checks that a kill is not reported as damage or loss. */
    private static void assertNoLoss(Command collector) throws IOException {
        assertThat(collector.output())
                .doesNotContain("lost")
                .doesNotContain("damaged")
                .doesNotContain("the clock says");
    }

    /** Sends each request until it is acknowledged, as a tracker does, and then the next. */
    private void send(String url) {
        while (!over.get()) {
            EventBatch batch = EventBatch.of(EVENTS);
            // Repeat each request until it is acknowledged: a sender that gave up would not know whether it was stored.
            while (!batch.isAcknowledged(http, url)) {
                Thread.onSpinWait();
            }
            acknowledged.addAll(batch.ids());
        }
    }
}
