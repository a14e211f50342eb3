package dev.internalevents.metrics.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.internalevents.definitions.Dictionary;
import dev.internalevents.metrics.Counters;
import dev.internalevents.metrics.Increments;
import dev.internalevents.metrics.MetricStore;
import dev.internalevents.metrics.MetricStoreException;
import dev.internalevents.metrics.MetricValue;
import dev.internalevents.metrics.Metrics;
import dev.internalevents.metrics.Position;
import dev.internalevents.metrics.QueuedEventCounter;
import dev.internalevents.metrics.Workload;
import dev.internalevents.spool.SpoolSettings;
import dev.internalevents.testkit.CapturedLog;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Keys with a value that is not a count: they block nothing, repeat nothing, and break only their own metrics. */
class BrokenKeysTest {

    private static final UUID QUEUE = UUID.fromString("6f1e2b0a-3d5c-4a70-9d7e-5b9f0c3a1e11");

    @TempDir
    private Path folder;

    private CapturedLog log;
    private RedisServer server;
    private Dictionary dictionary;
    private Counters counters;
    private RedisClient client;
    private RedisCommands<String, String> redis;

    /** Receives the same counts, without broken keys. */
    private RedisCommands<String, String> whole;

    @BeforeEach
    void start() {
        server = new RedisServer(folder.resolve("redis"));
        dictionary = Workload.dictionary(folder.resolve("definitions"));
        counters = Counters.of(dictionary);
        client = RedisClient.create(server.uri());
        redis = client.connect().sync();
        whole = client.connect().sync();
        whole.select(1);
        log = CapturedLog.of(RedisMetricStore.class);
    }

    @AfterEach
    void stop() {
        log.close();
        client.shutdown();
        server.close();
    }

    private static Arguments key(String key, BiConsumer<RedisCommands<String, String>, String> set, String message) {
        return Arguments.of(key, set, message);
    }

    static Stream<Arguments> broken_keys() {
        BiConsumer<RedisCommands<String, String>, String> text = (redis, key) -> redis.set(key, "abc");
        BiConsumer<RedisCommands<String, String>, String> list = (redis, key) -> redis.rpush(key, "abc");
        return Stream.of(
                key(
                        "{event_counters}_opened",
                        text,
                        "type string (ERR value is not an integer or out of range), expected a whole number"),
                key("{event_counters}_opened", list, "type list (WRONGTYPE"),
                key("{event_counters}_opened", (redis, key) -> redis.set(key, "1.5"), "expected a whole number"),
                key("{event_counters}_opened", (redis, key) -> redis.set(key, ""), "expected a whole number"),
                key("{event_counters}_closed-2026-10", list, "expected a whole number"),
                key(
                        "{event_sums}_closed-operator:sum(value)",
                        text,
                        "(ERR value is not a valid float), expected a number"),
                key("{event_sums}_closed-operator:sum(value)", list, "expected a number"),
                key("{event_sums}_closed", text, "expected a number"),
                key("{event_sums}_closed", list, "expected a number"),
                key(
                        "{event_sums}_closed-operator:sum(value)-2026-10",
                        (redis, key) -> redis.set(key, "1e999999999"),
                        "expected a number"),
                key(
                        "{hll_counters}_opened-user-2026-10",
                        text,
                        "type string (WRONGTYPE Key is not a valid HyperLogLog string value.), expected a HyperLogLog"),
                key("{hll_counters}_opened-label", list, "expected a HyperLogLog"),
                key("{hll_counters}_opened-operator:total-label", text, "expected a hash of whole numbers"),
                key("{hll_counters}_opened-operator:total-label-2026-10", list, "expected a hash of whole numbers"),
                key(
                        "{hll_counters}_opened-operator:total-label",
                        (redis, key) -> redis.hset(key, "code", "x"),
                        "type hash (ERR hash value is not an integer), expected a hash of whole numbers"));
    }

    @ParameterizedTest
    @MethodSource("broken_keys")
    void do_not_stop_the_others_or_count_them_again(
            String key, BiConsumer<RedisCommands<String, String>, String> set, String message) {
        set.accept(redis, key);
        if (key.equals("{event_sums}_closed")) {
            // An existing sum under today's key must not hide why the earlier one cannot be moved.
            redis.set("{event_sums}_closed-operator:sum(value)", "0");
        }
        try (MetricStore store = RedisMetricStore.at(server.uri());
                MetricStore expected = RedisMetricStore.at(server.uri() + "/1")) {
            for (int batch = 1; batch <= 3; batch++) {
                Increments increments = new Increments();
                Workload.events(500 * batch, event -> counters.count(event, increments));
                Position position = new Position(QUEUE, 1, batch);
                store.apply(increments, position);
                store.apply(increments, position);
                expected.apply(increments, position);
                assertThat(store.durable()).isEqualTo(position);
            }

            assertThat(counts(redis, key)).isEqualTo(counts(whole, key));
            assertThat(log.messages())
                    .singleElement()
                    .asString()
                    .startsWith("Redis at 127.0.0.1:")
                    .contains(": nothing is added to the key " + key + ": found ", message);

            List<MetricValue> values = metrics(store).values();
            List<MetricValue> right = metrics(expected).values();
            List<String> broken = values.stream()
                    .filter(value -> value.error().isPresent())
                    .map(MetricValue::keyPath)
                    .toList();
            assertThat(broken).isNotEmpty();
            for (int i = 0; i < values.size(); i++) {
                MetricValue value = values.get(i);
                if (broken.contains(value.keyPath())) {
                    assertThat(value.json()).isEqualTo(-2L);
                    assertThat(value.error().orElseThrow()).contains("the key " + key + " cannot be read: found ");
                } else {
                    assertThat(value).isEqualTo(right.get(i));
                }
            }
        }
    }

    /**
     * Returns the values of all keys except one and the key derived from it; of HyperLogLogs the count, so that they
     * compare.
     */
    private static Map<String, Object> counts(RedisCommands<String, String> redis, String but) {
        Map<String, Object> counts = new TreeMap<>();
        for (String key : redis.keys("*")) {
            if (key.equals(but) || (but.equals("{event_sums}_closed") && key.equals(but + "-operator:sum(value)"))) {
                continue;
            }
            counts.put(
                    key,
                    redis.type(key).equals("hash")
                            ? new HashMap<>(redis.hgetall(key))
                            : key.startsWith("{hll") && !key.contains("applied") ? redis.pfcount(key) : redis.get(key));
        }
        return counts;
    }

    private Metrics metrics(MetricStore store) {
        return new Metrics(dictionary, counters, store, Clock.fixed(Workload.NOW, ZoneOffset.UTC));
    }

    @Test
    void count_again_once_they_are_corrected() throws IOException {
        redis.set("{event_counters}_opened", "abc");
        try (QueuedEventCounter counter = QueuedEventCounter.open(
                        counters, RedisMetricStore.at(server.uri()), folder.resolve("queue"), SpoolSettings.DEFAULTS);
                MetricStore store = RedisMetricStore.at(server.uri())) {
            Workload.events(1_000, counter::count);
            assertThat(counter.settle(Duration.ofSeconds(60))).isTrue();
            redis.del("{event_counters}_opened");
            Workload.events(1_000, counter::count);
            assertThat(counter.settle(Duration.ofSeconds(60))).isTrue();

            long label = Long.parseLong(redis.get("{event_counters}_opened-filter:[label:code]"));
            assertThat(label).isPositive();
            Increments once = new Increments();
            Workload.events(1_000, event -> counters.count(event, once));
            try (MetricStore expected = RedisMetricStore.at(server.uri() + "/1")) {
                expected.apply(once, null);
            }
            assertThat(redis.get("{event_counters}_opened")).isEqualTo(whole.get("{event_counters}_opened"));
            assertThat(label).isEqualTo(2 * Long.parseLong(whole.get("{event_counters}_opened-filter:[label:code]")));
            assertThat(metrics(store).value("counts.total_all").orElseThrow().error())
                    .isEmpty();
        }
        assertThat(log.messages()).hasSize(1);
    }

    @Test
    void an_invalid_position_is_replaced_and_the_batch_counts() {
        List<String> keys = List.of(
                "{event_counters}_applied:" + QUEUE,
                "{event_sums}_applied:" + QUEUE,
                "{hll_counters}_applied-totals:" + QUEUE);
        redis.rpush(keys.get(0), "x");
        redis.set(keys.get(1), "x");
        redis.hset(keys.get(2), "x", "y");
        try (MetricStore store = RedisMetricStore.at(server.uri());
                MetricStore expected = RedisMetricStore.at(server.uri() + "/1")) {
            Increments increments = new Increments();
            Workload.events(500, event -> counters.count(event, increments));
            store.apply(increments, new Position(QUEUE, 2, 40));
            store.apply(increments, new Position(QUEUE, 2, 40));
            expected.apply(increments, new Position(QUEUE, 2, 40));

            assertThat(counts(redis, "")).isEqualTo(counts(whole, ""));
            assertThat(keys).allMatch(key -> redis.get(key).equals("2:40"));
            assertThat(log.messages()).hasSize(3).allMatch(line -> line.contains("expected a position such as 2:40"));
        }
    }

    /** A lack of memory affects all keys: everything waits, including the keys before and after a broken one. */
    @Test
    void a_redis_without_memory_accepts_all_or_nothing() {
        redis.set("{event_counters}_opened", "abc");
        redis.set("{hll_counters}_opened-operator:total-label", "abc");
        redis.configSet("maxmemory", "1");
        try (MetricStore store = RedisMetricStore.at(server.uri());
                MetricStore expected = RedisMetricStore.at(server.uri() + "/1")) {
            Increments increments = new Increments();
            Workload.events(500, event -> counters.count(event, increments));
            assertThatThrownBy(() -> store.apply(increments, new Position(QUEUE, 2, 40)))
                    .isInstanceOf(MetricStoreException.class)
                    .hasMessageMatching("Redis at 127\\.0\\.0\\.1:\\d+ answered with an error: .*OOM.*");
            assertThat(redis.keys("*")).hasSize(2);
            assertThat(log.messages()).isEmpty();

            redis.configSet("maxmemory", "0");
            store.apply(increments, new Position(QUEUE, 2, 40));
            expected.apply(increments, new Position(QUEUE, 2, 40));
            redis.del("{event_counters}_opened", "{hll_counters}_opened-operator:total-label");
            whole.del("{event_counters}_opened", "{hll_counters}_opened-operator:total-label");
            assertThat(counts(redis, "")).isEqualTo(counts(whole, ""));
        }
    }
}
