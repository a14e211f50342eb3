package dev.internalevents.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.internalevents.client.InternalEventsClient;
import dev.internalevents.client.delivery.ClientStats;
import dev.internalevents.client.delivery.DeliveryListener;
import dev.internalevents.client.delivery.SentEvent;
import dev.internalevents.client.delivery.WhenFull;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A client with two collectors loses nothing, although each of them is killed and started in turn. */
class TwoCollectorsTest {

    private static final Duration TIME = Duration.ofSeconds(Integer.getInteger("collectors.seconds", 20));
    private static final int LEAST_KILLS = 4;
    private static final int MORE = 50;
    private static final Duration LONG = Duration.ofMinutes(3);

    @TempDir
    private Path folder;

    private final Set<String> delivered = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean over = new AtomicBoolean();

    /** A collector that is killed and started again with the same files and the same port. */
    private final class Victim implements AutoCloseable {
        private final String url;
        private final String[] arguments;
        private Command process;

        Victim(String name) throws IOException {
            int port = Command.freePort();
            url = "http://127.0.0.1:" + port;
            arguments =
                    new String[] {"collector", "--data", folder.resolve(name).toString(), "--port", String.valueOf(port)
                    };
            process = Command.start(folder, arguments);
        }

        void restart() throws IOException, InterruptedException {
            process.kill();
            // The other one takes over, while this one is away.
            awaitMore();
            process = Command.start(folder, arguments);
            Web.awaitUp(url + "/health");
        }

        Map<String, Integer> stored() throws IOException, InterruptedException {
            Stored.awaitAll(url);
            return Stored.ids(url);
        }

        @Override
        public void close() {
            process.close();
        }
    }

    private void awaitMore() {
        int enough = delivered.size() + MORE;
        await().atMost(LONG).until(() -> delivered.size() >= enough);
    }

    @Test
    void nothing_is_lost_and_what_is_in_both_stores_has_the_same_id() throws Exception {
        DeliveryListener listener = new DeliveryListener() {
            @Override
            public void onDelivered(List<SentEvent> events) {
                events.forEach(event -> delivered.add(String.valueOf(event.id())));
            }
        };
        int kills = 0;
        try (Victim one = new Victim("one");
                Victim other = new Victim("other")) {
            Web.awaitUp(one.url + "/health");
            Web.awaitUp(other.url + "/health");
            try (InternalEventsClient client = InternalEventsClient.builder()
                    .endpoints(List.of(URI.create(one.url), URI.create(other.url)))
                    .batchSize(5)
                    .threadCount(2)
                    .queueCapacity(500)
                    .whenFull(WhenFull.block(LONG))
                    .deliveryListener(listener)
                    .shutdownHook(false)
                    .build()) {
                Thread load = new Thread(() -> {
                    while (!over.get()) {
                        client.trackEvent("two_collectors");
                    }
                });
                load.start();
                long end = System.nanoTime() + TIME.toNanos();
                try {
                    awaitMore();
                    while (kills < LEAST_KILLS || System.nanoTime() < end) {
                        one.restart();
                        other.restart();
                        kills += 2;
                    }
                    awaitMore();
                } finally {
                    over.set(true);
                    load.join();
                }
                assertThat(client.flush(LONG)).isTrue();
                ClientStats stats = client.stats();
                assertThat(stats.delivered()).isEqualTo(stats.tracked()).isEqualTo(delivered.size());
                assertThat(stats.rejected() + stats.dropped() + stats.held()).isZero();
            }
            Map<String, Integer> inOne = one.stored();
            Map<String, Integer> inOther = other.stored();

            assertThat(inOne).isNotEmpty();
            assertThat(inOther).isNotEmpty();
            Set<String> inAny = new TreeSet<>(inOne.keySet());
            inAny.addAll(inOther.keySet());
            // All that was delivered is stored, and all that is stored twice has the id of one that was.
            assertThat(inAny).isEqualTo(new TreeSet<>(delivered));
            assertThat(inOne.values()).containsOnly(1);
            assertThat(inOther.values()).containsOnly(1);
            Set<String> inBoth = new TreeSet<>(inOne.keySet());
            inBoth.retainAll(inOther.keySet());
            System.out.printf(
                    "two collectors: %,d kills, %,d events, %d of them in both stores%n",
                    kills, delivered.size(), inBoth.size());
            assertThat(inOne.size() + inOther.size()).isEqualTo(delivered.size() + inBoth.size());
        } finally {
            over.set(true);
        }
    }

    @Test
    void doctor_and_send_take_both_from_the_settings() throws Exception {
        try (Victim one = new Victim("one")) {
            Web.awaitUp(one.url + "/health");
            String gone = "http://127.0.0.1:" + Command.freePort();
            Map<String, String> environment = Map.of(
                    "AIGW_INTERNAL_EVENT__ENABLED", "true", "AIGW_INTERNAL_EVENT__ENDPOINT", gone + "," + one.url);

            try (Command doctor = Command.start(folder, environment, "doctor")) {
                assertThat(doctor.exitCode()).isEqualTo(1);
                assertThat(doctor.output())
                        .contains("ok      The collector at " + one.url + " answers")
                        .contains("problem The collector at " + gone + " does not answer");
            }
            try (Command send = Command.start(folder, environment, "send", "place_order")) {
                assertThat(send.exitCode()).as(send.output()).isZero();
                assertThat(send.output()).contains("Delivered to one of " + gone + ", " + one.url);
            }
            assertThat(one.stored()).hasSize(1);
        }
    }
}
