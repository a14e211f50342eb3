package dev.internalevents.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.internalevents.client.delivery.DropReason;
import dev.internalevents.client.delivery.WhenFull;
import dev.internalevents.testkit.FakeCollector;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The weights of events, and the valid values of settings. */
class WeightsTest {

    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Duration FOREVER = ChronoUnit.FOREVER.getDuration();

    @AutoClose
    private final FakeCollector sink = new FakeCollector();

    private InternalEventsClientBuilder client() {
        return InternalEventsClient.builder().endpoint(sink.url());
    }

    @Test
    void what_is_replaced_in_a_builder_weighs_nothing() {
        try (InternalEventsClient client = client().batchSize(250).build()) {
            AdditionalProperties.Builder row = AdditionalProperties.builder().label("batch");
            for (int i = 0; i < 3_000; i++) {
                row.put("row", "r" + i + "x".repeat(1_200))
                        .put("removed", "y".repeat(9_000))
                        .put("removed", null);
                client.trackEvent("row_imported", row.build());
            }
            assertThat(client.flush(LONG)).isTrue();

            assertThat(client.stats().delivered()).isEqualTo(3_000);
        }
    }

    @Test
    void a_builder_takes_ten_thousand_keys_and_names_the_cut() {
        AdditionalProperties.Builder many = AdditionalProperties.builder();
        for (int i = 0; i < 30_000; i++) {
            many.put("k" + i, i % 2 == 0 ? (Object) (long) i : "v" + i);
        }
        many.put("late", 1.5).put("later", List.of(1)).put("k7", "changed").put("never", null);
        Map<String, Object> extra = many.build().extra();

        assertThat(extra)
                .hasSize(10_000)
                .containsEntry("k9998", 9_998L)
                .containsEntry("k7", "changed")
                .containsEntry("(more)", "(more keys than are sent)")
                .doesNotContainKeys("k9999", "k29999", "late", "later", "never");
        assertThat(many.put("k7", null).put("late", 1.5).build().extra())
                .hasSize(9_999)
                .doesNotContainKey("k7");
    }

    @Test
    void values_that_are_replaced_or_removed_make_room_for_others() {
        AdditionalProperties.Builder builder = AdditionalProperties.builder(1_000);
        List<String> large = List.of("x".repeat(700));
        for (int i = 0; i < 10; i++) {
            builder.put("a", large).put("b", i).put("a", large).put("a", null).put("c", large);
            assertThat(builder.build().extra()).isEqualTo(Map.of("b", (long) i, "c", large));
            assertThat(builder.put("d", large).build().extra()).containsEntry("d", "(too large)");
            builder.put("c", null).put("d", large);
            assertThat(builder.build().extra()).isEqualTo(Map.of("b", (long) i, "d", large));
            builder.put("d", null);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {10, 63, 64, 65, 66, 1_000})
    void keys_are_found_however_many_there_are(int keys) {
        AdditionalProperties.Builder builder = AdditionalProperties.builder();
        Map<String, Object> expected = new LinkedHashMap<>();
        Random random = new Random(keys);
        for (int i = 0; i < 5 * keys; i++) {
            String key = "k" + random.nextInt(keys);
            Object value = random.nextInt(3) == 0 ? null : (Long) (long) i;
            builder.put(key, value);
            if (value == null) {
                expected.remove(key);
            } else {
                expected.put(key, value);
            }
        }

        assertThat(builder.build().extra()).containsExactlyEntriesOf(expected);
    }

    @Test
    void no_event_closes_the_queue_for_those_that_follow() {
        try (InternalEventsClient client = client().batchSize(250).build()) {
            AdditionalProperties.Builder huge = AdditionalProperties.builder();
            String text = "y".repeat(1_000_000);
            for (int i = 0; i < 2_200; i++) {
                huge.put("k", text);
            }
            client.trackEvent("replaced", huge.put("k", "small").build());
            for (int i = 0; i < 3; i++) {
                client.event("too_large").put("k", "l".repeat(20 << 20)).track();
            }
            List<Map<String, Object>> rows = new ArrayList<>();
            for (int i = 0; i < 800; i++) {
                rows.add(Map.of("id", i, "template", "t".repeat(3_000)));
            }
            client.event("too_large").put("rows", rows).track();
            for (int i = 0; i < 2_000; i++) {
                client.trackEvent("plain");
            }
            assertThat(client.flush(LONG)).isTrue();

            assertThat(client.stats().delivered()).isEqualTo(2_001);
            assertThat(client.stats().droppedByReason()).containsEntry(DropReason.TOO_LARGE, 4L);
        }
    }

    @Test
    void an_event_as_large_as_a_request_may_be_is_delivered_and_a_larger_one_is_dropped_at_the_call() {
        try (InternalEventsClient client = client().build()) {
            client.event("fits").put("k", "x".repeat(700_000)).track();
            client.event("escapes").put("k", "\u0001".repeat(110_000)).track();
            client.event("too_large").put("k", "x".repeat(760_000)).track();
            client.event("too_large").put("k", "\u0001".repeat(130_000)).track();
            client.event("too_large").put("k", "ü".repeat(400_000)).track();
            client.event("too_large").put("k", "x".repeat(1_000_001)).track();
            assertThat(client.drops().get(DropReason.TOO_LARGE)).isEqualTo(Map.of("too_large", 4L));
            assertThat(client.flush(LONG)).isTrue();
            assertThat(sink.takenNames()).containsExactly("fits", "escapes");
        }
    }

    @ParameterizedTest
    @MethodSource
    void forever_and_the_most_work_for_every_setting(String setting, InternalEventsClientBuilder builder) {
        try (InternalEventsClient client =
                builder.endpoint(sink.url()).linger(Duration.ZERO).build()) {
            for (int i = 0; i < 5; i++) {
                client.trackEvent("e");
            }
            assertThat(client.flush(FOREVER)).as(setting).isTrue();
            assertThat(client.stats().delivered()).isEqualTo(5);
            assertThat(client.close(FOREVER)).isZero();
        }
    }

    static Stream<Arguments> forever_and_the_most_work_for_every_setting() {
        return Stream.of(
                Arguments.of("connectTimeout", InternalEventsClient.builder().connectTimeout(FOREVER)),
                Arguments.of("readTimeout", InternalEventsClient.builder().readTimeout(FOREVER)),
                Arguments.of("closeTimeout", InternalEventsClient.builder().closeTimeout(FOREVER)),
                Arguments.of("backOff", InternalEventsClient.builder().backOff(FOREVER, FOREVER)),
                Arguments.of("backOff", InternalEventsClient.builder().backOff(Duration.ofMillis(1), FOREVER)),
                Arguments.of("whenFull", InternalEventsClient.builder().whenFull(WhenFull.block(FOREVER))),
                Arguments.of("queueCapacity", InternalEventsClient.builder().queueCapacity(Integer.MAX_VALUE)),
                Arguments.of("queueBytes", InternalEventsClient.builder().queueBytes(Long.MAX_VALUE)),
                Arguments.of("maxRequestBytes", InternalEventsClient.builder().maxRequestBytes(1 << 30)),
                Arguments.of("batchSize", InternalEventsClient.builder().batchSize(Integer.MAX_VALUE)),
                Arguments.of("threadCount", InternalEventsClient.builder().threadCount(64)));
    }

    @Test
    void a_linger_of_forever_waits_for_a_full_batch_or_a_flush() {
        try (InternalEventsClient client = client().linger(FOREVER).batchSize(2).build()) {
            client.trackEvent("a");
            assertThat(client.flush(LONG)).isTrue();

            assertThat(client.stats().delivered()).isEqualTo(1);
        }
    }

    @Test
    void blocking_forever_blocks_and_drops_nothing() {
        sink.answer(events -> 503);
        try (InternalEventsClient client = client().queueCapacity(2)
                .backOff(Duration.ofMillis(1), Duration.ofMillis(10))
                .whenFull(WhenFull.block(FOREVER))
                .build()) {
            Thread tracking = new Thread(() -> {
                for (int i = 0; i < 10; i++) {
                    client.trackEvent("e");
                }
            });
            tracking.setDaemon(true);
            tracking.start();
            org.awaitility.Awaitility.await().until(() -> tracking.getState() == Thread.State.TIMED_WAITING);
            sink.answer(events -> 200);
            org.awaitility.Awaitility.await().until(() -> !tracking.isAlive());
            assertThat(client.flush(LONG)).isTrue();

            assertThat(client.stats().delivered()).isEqualTo(10);
        }
    }

    @Test
    void the_smallest_queue_takes_events_of_a_usual_size() {
        try (InternalEventsClient client = client().queueBytes(65_536).build()) {
            client.event("usual")
                    .label("x".repeat(4_096))
                    .put("k", "v".repeat(20_000))
                    .track();
            assertThat(client.flush(LONG)).isTrue();

            assertThat(client.stats().delivered()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @MethodSource
    void a_setting_that_is_null_is_refused_by_name(String message, Consumer<InternalEventsClientBuilder> setting) {
        InternalEventsClientBuilder builder = client();
        assertThatThrownBy(() -> setting.accept(builder))
                .isInstanceOf(NullPointerException.class)
                .hasMessage(message);
    }

    static Stream<Arguments> a_setting_that_is_null_is_refused_by_name() {
        return Stream.of(
                refused("finalStatuses", builder -> builder.finalStatuses(null)),
                refused("header: the name is null", builder -> builder.header(null, "v")),
                refused("header X-Api-Key: the value is null", builder -> builder.header("X-Api-Key", null)),
                refused("backOff: first", builder -> builder.backOff(null, LONG)),
                refused("backOff: most", builder -> builder.backOff(LONG, null)),
                refused("outbox", builder -> builder.outbox(null)),
                refused("outboxDurability", builder -> builder.outboxDurability(null)),
                refused("setAsideAfter: time", builder -> builder.setAsideAfter(1, null)),
                refused("deliveryListener", builder -> builder.deliveryListener(null)),
                refused("namespaces", builder -> builder.namespaces(null)),
                refused("proxy", builder -> builder.proxy(null)),
                refused("listener", builder -> builder.listener(null)));
    }

    private static Arguments refused(String message, Consumer<InternalEventsClientBuilder> setting) {
        return Arguments.of(message, setting);
    }

    @Test
    void null_in_the_final_statuses_is_left_out() {
        sink.answer(events -> 404);
        try (InternalEventsClient client =
                client().finalStatuses(new HashSet<>(Arrays.asList(404, null))).build()) {
            client.trackEvent("refused");
            assertThat(client.flush(LONG)).isTrue();

            assertThat(client.stats().rejected()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @MethodSource
    void a_setting_that_cannot_work_is_refused_by_name(String message, InternalEventsClientBuilder builder) {
        assertThatThrownBy(builder.endpoint(sink.url())::build)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    static Stream<Arguments> a_setting_that_cannot_work_is_refused_by_name() {
        Duration negative = Duration.ofSeconds(-1);
        return Stream.of(
                Arguments.of(
                        "batchSize: 0 is not a whole number of 1 or more",
                        InternalEventsClient.builder().batchSize(0)),
                Arguments.of(
                        "threadCount: 65 is not a whole number from 1 to 64",
                        InternalEventsClient.builder().threadCount(65)),
                Arguments.of(
                        "queueCapacity: -1 is not a whole number of 1 or more",
                        InternalEventsClient.builder().queueCapacity(-1)),
                Arguments.of(
                        "queueBytes: 0 is not a whole number of 65536 or more",
                        InternalEventsClient.builder().queueBytes(0)),
                Arguments.of(
                        "queueBytes: 65535 is not a whole number of 65536 or more",
                        InternalEventsClient.builder().queueBytes(65_535)),
                Arguments.of(
                        "maxRequestBytes: 999 is not a whole number from 1000 to 1073741824",
                        InternalEventsClient.builder().maxRequestBytes(999)),
                Arguments.of(
                        "linger: -1s is negative; expected zero or more, such as 5s",
                        InternalEventsClient.builder().linger(negative)),
                Arguments.of(
                        "closeTimeout: -1s is negative; expected zero or more, such as 5s",
                        InternalEventsClient.builder().closeTimeout(negative)),
                Arguments.of(
                        "connectTimeout: 0s is too short; expected a duration longer than zero, such as 5s",
                        InternalEventsClient.builder().connectTimeout(Duration.ZERO)),
                Arguments.of(
                        "readTimeout: -1s is too short; expected a duration longer than zero, such as 5s",
                        InternalEventsClient.builder().readTimeout(negative)),
                Arguments.of(
                        "backOff: the first wait of 100ns is too short; expected 1ms or more, such as 100ms",
                        InternalEventsClient.builder().backOff(Duration.ofNanos(100), LONG)),
                Arguments.of(
                        "backOff: the longest wait of 1s is shorter than the first of 30s; "
                                + "expected one as long or longer",
                        InternalEventsClient.builder().backOff(LONG, Duration.ofSeconds(1))));
    }

    @Test
    void an_events_time_is_the_time_of_its_call() {
        sink.answer(events -> 503);
        long before = System.currentTimeMillis();
        try (InternalEventsClient client =
                client().backOff(Duration.ofMillis(1), Duration.ofMillis(10)).build()) {
            client.trackEvent("e");
            long after = System.currentTimeMillis();
            sink.answer(events -> 200);
            assertThat(client.flush(LONG)).isTrue();

            assertThat(Long.parseLong(sink.taken().get(0).get("dtm"))).isBetween(before - 1, after + 1);
        }
    }

    @Test
    void every_number_is_sent_as_a_number_and_what_no_collector_takes_is_left_out() {
        try (InternalEventsClient client = client().build()) {
            client.event("e")
                    .value(new java.util.concurrent.atomic.AtomicLong(7))
                    .track();
            client.event("e").value(new java.math.BigDecimal("1E+1000000000")).track();
            client.event("e").value(java.math.BigInteger.TEN.pow(500)).track();
            client.event("e").value(1e300).track();
            assertThat(client.flush(LONG)).isTrue();
        }
        assertThat(sink.taken().stream().map(event -> event.get("se_va"))).containsExactly("7", null, null, "1.0E300");
    }
}
