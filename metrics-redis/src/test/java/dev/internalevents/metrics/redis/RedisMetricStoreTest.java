package dev.internalevents.metrics.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.internalevents.definitions.Dictionary;
import dev.internalevents.metrics.Counters;
import dev.internalevents.metrics.Increments;
import dev.internalevents.metrics.MetricStore;
import dev.internalevents.metrics.MetricStoreContract;
import dev.internalevents.metrics.MetricStoreException;
import dev.internalevents.metrics.Position;
import dev.internalevents.metrics.QueuedEventCounter;
import dev.internalevents.metrics.Recount;
import dev.internalevents.metrics.Workload;
import dev.internalevents.spool.SpoolSettings;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class RedisMetricStoreTest extends MetricStoreContract {

    private RedisServer server;

    @BeforeEach
    void start() {
        server = new RedisServer(folder.resolve("redis"));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Override
    protected MetricStore open(Counters counters) {
        return RedisMetricStore.at(server.uri());
    }

    @Override
    protected double standardError() {
        return 0.0081;
    }

    /** A HyperLogLog of Redis is never exact. */
    @Override
    protected int exactUniques() {
        return 0;
    }

    @Test
    void has_gitlabs_keys_and_six_weeks_expiry() {
        Dictionary dictionary = Workload.dictionary(folder.resolve("definitions"));
        Counters counters = Counters.of(dictionary);
        try (MetricStore store = open(counters);
                RedisClient client = RedisClient.create(server.uri())) {
            Increments batch = new Increments();
            Workload.events(300, event -> counters.count(event, batch));
            UUID queue = UUID.fromString("6f1e2b0a-3d5c-4a70-9d7e-5b9f0c3a1e11");
            store.apply(batch, new Position(queue, 2, 40));

            RedisCommands<String, String> redis = client.connect().sync();
            List<String> keys = redis.keys("*");
            assertThat(keys)
                    .contains(
                            "{event_counters}_opened",
                            "{event_counters}_opened-2026-09",
                            "{event_counters}_opened-filter:[label:code]-2026-08",
                            "{event_counters}_asked-filter:[engine:litellm,label:chat]",
                            "{event_sums}_closed",
                            "{event_sums}_asked-filter:[label:code]",
                            "{hll_counters}_opened-user-2026-10",
                            "{hll_counters}_asked-filter:[engine:anthropic]-user-2026-07",
                            "{hll_counters}_opened-label",
                            "{event_counters}_applied:" + queue);
            assertThat(redis.get("{event_counters}_applied:" + queue)).isEqualTo("2:40");
            for (String key : keys) {
                long seconds = redis.ttl(key);
                if (key.matches(".*-\\d{4}-\\d{2}")) {
                    assertThat(seconds).as(key).isBetween(6 * 7 * 86_400L - 60, 6 * 7 * 86_400L);
                } else {
                    assertThat(seconds).as(key).isEqualTo(-1);
                }
            }
        }
    }

    @Test
    void a_batch_that_comes_late_is_not_added_to_newer_ones() {
        Dictionary dictionary = Workload.dictionary(folder.resolve("definitions"));
        Counters counters = Counters.of(dictionary);
        UUID queue = UUID.randomUUID();
        try (MetricStore store = open(counters);
                MetricStore other = open(counters)) {
            Increments batch = new Increments();
            Workload.events(1_000, event -> counters.count(event, batch));
            store.apply(batch, new Position(queue, 2, 40));
            other.apply(batch, new Position(queue, 2, 39));
            other.apply(batch, new Position(queue, 1, 500));
            other.apply(batch, new Position(queue, 2, 40));

            assertEqualsRecount(dictionary, store, Recount.of(dictionary, 1_000, folder));
        }
    }

    @Test
    void instances_share_their_counters() throws IOException {
        Dictionary dictionary = Workload.dictionary(folder.resolve("definitions"));
        Counters counters = Counters.of(dictionary);
        int[] at = {0};
        try (QueuedEventCounter one = QueuedEventCounter.open(
                        counters, open(counters), folder.resolve("queue-1"), SpoolSettings.DEFAULTS);
                QueuedEventCounter two = QueuedEventCounter.open(
                        counters, open(counters), folder.resolve("queue-2"), SpoolSettings.DEFAULTS);
                MetricStore store = open(counters)) {
            Workload.events(20_000, event -> (at[0]++ % 2 == 0 ? one : two).count(event));
            assertThat(one.settle(Duration.ofSeconds(60))).isTrue();
            assertThat(two.settle(Duration.ofSeconds(60))).isTrue();

            assertEqualsRecount(dictionary, store, Recount.of(dictionary, 20_000, folder));
        }
    }

    /** Counts wait while Redis is away, one line says so, and everything is there once when it is back. */
    @Test
    void counts_wait_while_redis_is_down() throws IOException {
        Dictionary dictionary = Workload.dictionary(folder.resolve("definitions"));
        Counters counters = Counters.of(dictionary);
        Logger logger = (Logger) LoggerFactory.getLogger(QueuedEventCounter.class);
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        logger.addAppender(log);
        int[] at = {0};
        try (QueuedEventCounter counter = QueuedEventCounter.open(
                        counters, open(counters), folder.resolve("queue"), SpoolSettings.DEFAULTS);
                MetricStore store = open(counters)) {
            Workload.events(30_000, event -> {
                if (at[0] == 10_000) {
                    assertThat(counter.settle(Duration.ofSeconds(60))).isTrue();
                    server.kill();
                } else if (at[0] == 20_000) {
                    assertThat(counter.settle(Duration.ofMillis(1))).isFalse();
                    assertThat(counter.waiting()).isPositive();
                }
                counter.count(event);
                at[0]++;
            });
            await().until(() -> log.list.stream()
                    .anyMatch(line -> line.getLevel().toString().equals("WARN")));
            server.start();
            assertThat(counter.settle(Duration.ofSeconds(60))).isTrue();

            assertEqualsRecount(dictionary, store, Recount.of(dictionary, 30_000, folder));
            assertThat(counter.lost()).isZero();
        } finally {
            logger.detachAppender(log);
        }
        assertThat(log.list.stream().filter(line -> line.getLevel().toString().equals("WARN")))
                .singleElement()
                .extracting(ILoggingEvent::getFormattedMessage)
                .asString()
                .matches("\\d+ events wait in .*queue to be counted, and nothing is lost: Redis at 127\\.0\\.0\\.1:\\d+"
                        + " cannot be reached: .*");
    }

    @Test
    void says_which_redis_does_not_answer_without_its_password() {
        Counters counters = Counters.of(Workload.dictionary(folder.resolve("definitions")));
        server.kill();
        try (MetricStore store = RedisMetricStore.at(server.uri().replace("//", "//:s3cret@"))) {
            assertThatThrownBy(() -> store.count(counters.all(), MetricStore.ALL_TIME))
                    .isInstanceOf(MetricStoreException.class)
                    .hasMessageStartingWith("Redis at 127.0.0.1:")
                    .hasMessageNotContainingAny("s3cret");
        }
    }
}
