package dev.internalevents.metrics.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import dev.internalevents.metrics.Counters;
import dev.internalevents.metrics.Increments;
import dev.internalevents.metrics.MetricStore;
import dev.internalevents.metrics.MetricStoreContract;
import dev.internalevents.metrics.MetricStoreException;
import dev.internalevents.metrics.Metrics;
import dev.internalevents.metrics.Position;
import dev.internalevents.metrics.QueuedEventCounter;
import dev.internalevents.metrics.RecountComparison;
import dev.internalevents.metrics.Week;
import dev.internalevents.metrics.Workload;
import dev.internalevents.spool.SpoolSettings;
import dev.internalevents.testkit.CapturedLog;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

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

    /** A HyperLogLog of Redis is never exact. */
    @Override
    protected RecountComparison comparison() {
        return new RecountComparison(dictionary, 0, 0.0081);
    }

    @Test
    void has_gitlabs_keys_and_six_weeks_expiry() {
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
                            "{event_sums}_closed-operator:sum(value)",
                            "{event_sums}_asked-operator:sum(value)-filter:[label:code]",
                            "{hll_counters}_opened-operator:total-label",
                            "{hll_counters}_opened-operator:total-label-2026-10",
                            "{hll_counters}_asked-operator:total-filter:[engine:vertex]-label",
                            "{hll_counters}_opened-user-2026-10",
                            "{hll_counters}_asked-filter:[engine:anthropic]-user-2026-07",
                            "{hll_counters}_opened-label",
                            "{event_counters}_applied:" + queue);
            assertThat(redis.get("{event_counters}_applied:" + queue)).isEqualTo("2:40");
            for (String key : keys) {
                long seconds = redis.ttl(key);
                if (key.matches(".*-\\d{4}-\\d{2}")) {
                    assertThat(seconds).as(key).isBetween(6 * 7 * 86_400L - 60, 6 * 7 * 86_400L);
                } else if (key.contains("_applied")) {
                    assertThat(seconds).as(key).isBetween(60 * 86_400L - 60, 60 * 86_400L);
                } else {
                    assertThat(seconds).as(key).isEqualTo(-1);
                }
            }
        }
    }

    /** Commands, keys and week suffixes as in GitLab, whose own code writes and reads them one event at a time. */
    @Test
    void reads_what_gitlab_has_written() {
        try (MetricStore store = open(counters);
                RedisClient client = RedisClient.create(server.uri())) {
            RedisCommands<String, String> redis = client.connect().sync();
            redis.incr("{event_counters}_opened");
            redis.incr("{event_counters}_opened-2026-10");
            redis.incrby("{event_counters}_opened-filter:[label:code]-2026-09", 4);
            redis.pfadd("{hll_counters}_opened-user-2026-10", "1", "2", "3");
            redis.pfadd("{hll_counters}_opened-user-2026-08", "3", "4");
            redis.incrbyfloat("{event_sums}_closed-operator:sum(value)-2026-10", 4.2);
            redis.incrbyfloat("{event_sums}_closed-operator:sum(value)-2026-10", 2.6);
            redis.incrbyfloat("{event_sums}_asked-operator:sum(value)-filter:[label:code]", 3);
            redis.hincrby("{hll_counters}_opened-operator:total-label-2026-10", "code", 2);
            redis.hincrby("{hll_counters}_opened-operator:total-label-2026-09", "code", 1);
            redis.hincrby("{hll_counters}_opened-operator:total-label-2026-09", "chat", 5);

            assertThat(values(store))
                    .containsEntry("counts.total_all", 1L)
                    .containsEntry("counts.total_week", 1L)
                    .containsEntry("counts.label_monthly", 4L)
                    .containsEntry("uniques.users_weekly", 3L)
                    .containsEntry("uniques.users_monthly", 4L)
                    .containsEntry("sums.value_weekly", 6.8)
                    .containsEntry("sums.filtered", 3L)
                    .containsEntry("totals.by_label_weekly", Map.of("label", Map.of("code", 2L)))
                    .containsEntry("totals.by_label_monthly", Map.of("label", Map.of("code", 3L, "chat", 5L)));
        }
    }

    @Test
    void gitlab_reads_what_is_written_here() {
        try (MetricStore store = open(counters);
                RedisClient client = RedisClient.create(server.uri())) {
            Increments batch = new Increments();
            Workload.events(20_000, event -> counters.count(event, batch));
            store.apply(batch, null);
            Map<String, Object> values = values(store);

            RedisCommands<String, String> redis = client.connect().sync();
            String[] weeks = {"2026-07", "2026-08", "2026-09", "2026-10"};
            long total = 0;
            double sum = 0;
            long code = 0;
            for (String week : weeks) {
                total += Long.parseLong(redis.get("{event_counters}_opened-filter:[label:code]-" + week));
                sum += Double.parseDouble(redis.get("{event_sums}_closed-operator:sum(value)-" + week));
                code += Long.parseLong(redis.hget("{hll_counters}_opened-operator:total-label-" + week, "code"));
            }
            assertThat(values).containsEntry("counts.label_monthly", total);
            assertThat(((Number) values.get("sums.value_monthly")).doubleValue())
                    .isCloseTo(sum, within(1e-6));
            assertThat(values.get("uniques.users_monthly"))
                    .isEqualTo(redis.pfcount(Arrays.stream(weeks)
                            .map(week -> "{hll_counters}_opened-user-" + week)
                            .toArray(String[]::new)));
            assertThat(((Map<?, ?>) values.get("totals.by_label_monthly")).get("label"))
                    .asInstanceOf(InstanceOfAssertFactories.map(String.class, Long.class))
                    .containsEntry("code", code);
            assertThat(Double.valueOf(redis.get("{event_sums}_opened-operator:sum(value)"))
                            + Double.parseDouble(
                                    redis.get("{event_sums}_asked-operator:sum(value)-filter:[label:code]")))
                    .isCloseTo(((Number) values.get("sums.filtered")).doubleValue(), within(1e-6));
        }
    }

    @Test
    void sums_under_the_keys_of_earlier_versions_are_moved_and_count_once() {
        try (MetricStore store = open(counters);
                RedisClient client = RedisClient.create(server.uri())) {
            RedisCommands<String, String> redis = client.connect().sync();
            redis.set("{event_sums}_closed", "10.5");
            redis.set("{event_sums}_closed-2026-10", "2");
            redis.set("{event_sums}_closed-operator:sum(value)", "1");

            assertThat(values(store)).containsEntry("sums.value", 11.5).containsEntry("sums.value_weekly", 2L);
            assertThat(redis.exists("{event_sums}_closed", "{event_sums}_closed-2026-10"))
                    .isZero();
            assertThat(redis.get("{event_sums}_closed-operator:sum(value)")).isEqualTo("11.5");
            assertThat(redis.ttl("{event_sums}_closed-operator:sum(value)")).isEqualTo(-1);
            assertThat(redis.ttl("{event_sums}_closed-operator:sum(value)-2026-10"))
                    .isPositive();

            // An instance of an earlier version keeps running for a while.
            redis.incrbyfloat("{event_sums}_closed", 1);
            assertThat(values(store)).containsEntry("sums.value", 12.5);

            // A store that only counts moves them too.
            try (MetricStore next = open(counters)) {
                Increments batch = new Increments();
                counters.all().stream()
                        .filter(counter -> counter.toString().equals("closed sum(value)"))
                        .forEach(counter -> batch.sum(counter, Week.of(Workload.NOW.toEpochMilli()), 0.5));
                next.apply(batch, null);
            }
            assertThat(redis.get("{event_sums}_closed-operator:sum(value)")).isEqualTo("13");
        }
    }

    @Test
    void older_keys_from_a_file_replace_todays() throws IOException {
        Path totals = Files.writeString(folder.resolve("total_counter_redis_key_overrides.yml"), """
                # As in GitLab
                '{event_counters}_opened': OPENED_COUNT
                '{event_counters}_opened-filter:[label:code]': OPENED_CODE
                """);
        Path uniques = Files.writeString(folder.resolve("hll_redis_key_overrides.yml"), """
                ---
                'opened-user': o_users
                'asked-operator:sum(value)-filter:[label:code]': asked_code
                """);
        try (MetricStore store = RedisMetricStore.at(server.uri(), RedisKeyOverrides.read(totals, uniques));
                RedisClient client = RedisClient.create(server.uri())) {
            RedisCommands<String, String> redis = client.connect().sync();
            redis.set("OPENED_COUNT", "1000000");
            Increments batch = new Increments();
            Workload.events(1_000, event -> counters.count(event, batch));
            store.apply(batch, null);

            assertThat(redis.keys("*"))
                    .contains(
                            "OPENED_COUNT",
                            "OPENED_CODE",
                            "{event_counters}_opened-2026-10",
                            "{event_counters}_opened-filter:[label:code]-2026-10",
                            "{hll_counters}_o_users-2026-10",
                            "{event_sums}_asked_code")
                    .doesNotContain("{event_counters}_opened", "{hll_counters}_opened-user-2026-10");
            assertThat((Long) values(store).get("counts.total_all")).isGreaterThan(1_000_000);
        }
    }

    static Stream<Arguments> wrong_overrides() {
        return Stream.of(
                Arguments.of("- a\n", ":1: expected a map such as '{event_counters}_NAME': OLD_KEY, found a list"),
                Arguments.of("a: b\nc: 5\n", ":2: c: expected the older key, found the number 5"),
                Arguments.of("a: b\n\tc: d\n", ":2: indented with a tab; YAML is indented with spaces"),
                Arguments.of("a: ''\n", ":1: a: expected the older key, found an empty text"));
    }

    @ParameterizedTest
    @MethodSource
    void wrong_overrides(String text, String message) throws IOException {
        Path file = Files.writeString(folder.resolve("keys.yml"), text);

        assertThatThrownBy(() -> RedisKeyOverrides.read(file))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(file + message);
    }

    private Map<String, Object> values(MetricStore store) {
        Map<String, Object> values = new HashMap<>();
        new Metrics(dictionary, counters, store, Clock.fixed(Workload.NOW, ZoneOffset.UTC))
                .values()
                .forEach(value -> values.put(value.keyPath(), value.json()));
        return values;
    }

    @Test
    void a_late_batch_is_not_added_to_newer_ones() {
        UUID queue = UUID.randomUUID();
        try (MetricStore store = open(counters);
                MetricStore other = open(counters)) {
            Increments batch = new Increments();
            Workload.events(1_000, event -> counters.count(event, batch));
            store.apply(batch, new Position(queue, 2, 40));
            other.apply(batch, new Position(queue, 2, 39));
            other.apply(batch, new Position(queue, 1, 500));
            other.apply(batch, new Position(queue, 2, 40));

            assertEqualsRecount(store, 1_000);
        }
    }

    @Test
    void instances_share_their_counters() throws IOException {
        int[] at = {0};
        try (QueuedEventCounter one = QueuedEventCounter.open(
                        counters, open(counters), folder.resolve("queue-1"), SpoolSettings.DEFAULTS);
                QueuedEventCounter two = QueuedEventCounter.open(
                        counters, open(counters), folder.resolve("queue-2"), SpoolSettings.DEFAULTS);
                MetricStore store = open(counters)) {
            Workload.events(20_000, event -> (at[0]++ % 2 == 0 ? one : two).count(event));
            assertThat(one.settle(Duration.ofSeconds(60))).isTrue();
            assertThat(two.settle(Duration.ofSeconds(60))).isTrue();

            assertEqualsRecount(store, 20_000);
        }
    }

    @Test
    void a_queue_that_is_replaced_by_an_older_copy_counts_what_comes_afterwards() throws IOException {
        Path queue = folder.resolve("queue");
        countSome(queue, 0, 5_000);
        Path copy = Files.createDirectory(folder.resolve("older"));
        try (Stream<Path> files = Files.list(queue)) {
            for (Path file : files.toList()) {
                Files.copy(file, copy.resolve(file.getFileName()));
            }
        }
        countSome(queue, 5_000, 15_000);
        Files.move(queue, folder.resolve("newer"));
        Files.move(copy, queue);

        countSome(queue, 15_000, 20_000);

        try (MetricStore store = open(counters)) {
            assertEqualsRecount(store, 20_000);
        }
    }

    private void countSome(Path queue, int from, int to) throws IOException {
        try (QueuedEventCounter counter =
                QueuedEventCounter.open(counters, open(counters), queue, SpoolSettings.DEFAULTS)) {
            int[] at = {0};
            Workload.events(to, event -> {
                if (at[0]++ >= from) {
                    counter.count(event);
                }
            });
            assertThat(counter.settle(Duration.ofSeconds(60))).isTrue();
        }
    }

    /** Its position has expired, so its events may be counted already. */
    @Test
    void a_queue_that_was_not_used_for_sixty_days_is_refused() throws IOException {
        Path queue = folder.resolve("queue");
        countSome(queue, 0, 1_000);
        server.kill();
        try (QueuedEventCounter counter =
                QueuedEventCounter.open(counters, open(counters), queue, SpoolSettings.DEFAULTS)) {
            Workload.events(100, counter::count);
        }
        server.start();
        String recorded = Files.readString(queue.resolve("batch"));
        Files.writeString(
                queue.resolve("batch"),
                recorded.lines().findFirst().orElseThrow() + "\n"
                        + Instant.now().minus(Duration.ofDays(61)).toEpochMilli());
        try (RedisClient client = RedisClient.create(server.uri())) {
            RedisCommands<String, String> redis = client.connect().sync();
            redis.keys("*_applied*").forEach(redis::del);
        }

        try (CapturedLog log = CapturedLog.of(QueuedEventCounter.class);
                QueuedEventCounter counter =
                        QueuedEventCounter.open(counters, open(counters), queue, SpoolSettings.DEFAULTS);
                MetricStore store = open(counters)) {
            await().until(() -> counter.problem().isPresent());
            assertThat(counter.settle(Duration.ofSeconds(60))).isFalse();
            assertThat(log.messages()).singleElement().asString().contains("the queue was last used on ", "60 days");
            assertEqualsRecount(store, 1_000);
        }
    }

    @Test
    void asking_for_the_position_of_a_queue_retains_it() {
        UUID queue = UUID.randomUUID();
        try (MetricStore store = open(counters);
                RedisClient client = RedisClient.create(server.uri())) {
            Increments batch = new Increments();
            Workload.events(100, event -> counters.count(event, batch));
            store.apply(batch, new Position(queue, 2, 40));
            RedisCommands<String, String> redis = client.connect().sync();
            List<String> keys = redis.keys("*_applied*");
            keys.forEach(key -> redis.expire(key, 100));

            assertThat(store.applied(queue)).isEqualTo(new Position(queue, 2, 40));

            assertThat(keys).hasSize(3).allMatch(key -> redis.ttl(key) > 59 * 86_400L);
            assertThat(store.positionExpiry()).isEqualTo(Duration.ofDays(60));
        }
    }

    /** Counts wait while Redis is down, one log line reports it, and everything is counted once when it is back. */
    @Test
    void counts_wait_while_redis_is_down() throws IOException {
        int[] at = {0};
        try (CapturedLog log = CapturedLog.of(QueuedEventCounter.class)) {
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
                await().until(() -> log.lines().stream().anyMatch(line -> line.startsWith("WARN")));
                server.start();
                assertThat(counter.settle(Duration.ofSeconds(60))).isTrue();

                assertEqualsRecount(store, 30_000);
                assertThat(counter.lost()).isZero();
            }
            assertThat(log.lines().stream().filter(line -> line.startsWith("WARN")))
                    .singleElement()
                    .asString()
                    .matches(
                            "WARN \\d+ event\\(s\\) wait in .*queue to be counted, and nothing is lost: Redis at 127\\.0\\.0\\.1:\\d+"
                                    + " cannot be reached: .*");
        }
    }

    @Test
    void names_the_redis_that_does_not_answer_without_its_password() {
        server.kill();
        try (MetricStore store = RedisMetricStore.at(server.uri().replace("//", "//:s3cret@"))) {
            assertThatThrownBy(() -> store.count(counters.all(), MetricStore.ALL_TIME))
                    .isInstanceOf(MetricStoreException.class)
                    .hasMessageStartingWith("Redis at 127.0.0.1:")
                    .hasMessageNotContainingAny("s3cret");
        }
    }
}
