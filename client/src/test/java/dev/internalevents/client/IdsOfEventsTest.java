package dev.internalevents.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.internalevents.protocol.Contexts;
import dev.internalevents.protocol.TrackerPayload;
import dev.internalevents.testkit.FakeCollector;
import java.math.BigInteger;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Ids set on an event that differ from its request's. */
class IdsOfEventsTest {

    private static final Duration LONG = Duration.ofSeconds(30);
    private static final String NAMESPACES = "feature_enabled_by_namespace_ids";

    @AutoClose
    private final FakeCollector sink = new FakeCollector();

    private InternalEventsClient client;

    @BeforeEach
    void start() throws Exception {
        client = InternalEventsClient.builder()
                .endpoint(sink.url())
                .sendUserId(true)
                .build();
    }

    @AfterEach
    void stop() {
        client.close();
    }

    static Stream<Object> no_ids() {
        return Stream.of(
                42.9,
                Double.NaN,
                Float.POSITIVE_INFINITY,
                new Object(),
                List.of(1),
                BigInteger.TEN.pow(500),
                "u".repeat(300));
    }

    @ParameterizedTest
    @MethodSource("no_ids")
    void what_is_not_an_id_is_not_replaced_by_another_user(Object user) {
        long cut = client.cutValues().getOrDefault("user_id", 0L);
        track(client.event("other").user(user));
        track(client.event("other").user(1).user(user));
        assertThat(sent()).hasSize(2).noneMatch(context -> context.containsKey("user_id"));
        assertThat(client.cutValues().get("user_id")).isEqualTo(cut + 2);
    }

    static Stream<Arguments> ids() {
        UUID uuid = UUID.randomUUID();
        return Stream.of(
                Arguments.of(null, 7L),
                Arguments.of(1, 1L),
                Arguments.of("one", "one"),
                Arguments.of(uuid, uuid.toString()),
                Arguments.of(BigInteger.TEN.pow(30), BigInteger.TEN.pow(30).toString()));
    }

    @ParameterizedTest
    @MethodSource("ids")
    void an_id_is_sent_and_null_is_the_requests(@Nullable Object user, Object expected) {
        track(client.event("other").user(new Object()).user(user));
        assertThat(sent())
                .singleElement()
                .satisfies(context -> assertThat(context.get("user_id")).isEqualTo(expected));
    }

    @Test
    void of_many_namespaces_the_first_are_sent_and_the_cut_is_counted() {
        long cut = client.cutValues().getOrDefault(NAMESPACES, 0L);
        long[] many = LongStream.range(0, 5_000_000).toArray();
        track(client.event("other").featureEnabledByNamespaceIds(many));
        EventContext context = EventContext.builder()
                .featureEnabledByNamespaceIds(LongStream.range(0, 5_000).boxed().toList())
                .build();
        try (Scope scope = context.makeCurrent()) {
            client.trackEvent("other");
        }
        assertThat(sent())
                .hasSize(2)
                .allSatisfy(sent -> assertThat(sent.get(NAMESPACES))
                        .isEqualTo(LongStream.range(0, ContextLimits.MAX_NUMBERS)
                                .boxed()
                                .toList()));
        assertThat(client.cutValues().get(NAMESPACES)).isEqualTo(cut + 2);
    }

    @Test
    void null_in_a_list_of_namespaces_is_left_out() {
        EventContext context = EventContext.builder()
                .featureEnabledByNamespaceIds(Arrays.asList(null, 1L, null, 2L))
                .build();
        assertThat(context.featureEnabledByNamespaceIds()).containsExactly(1L, 2L);
        EventContext nothing = EventContext.builder()
                .featureEnabledByNamespaceIds(Collections.singletonList(null))
                .build();
        assertThat(nothing.featureEnabledByNamespaceIds()).isEmpty();
    }

    private void track(EventBuilder event) {
        try (Scope scope = EventContext.builder().userId(7).build().makeCurrent()) {
            event.track();
        }
    }

    /** Returns the {@code gitlab_standard} of each received event. */
    private List<Map<?, ?>> sent() {
        assertThat(client.flush(LONG)).isTrue();
        return sink.taken().stream().<Map<?, ?>>map(IdsOfEventsTest::standard).toList();
    }

    private static Map<?, ?> standard(TrackerPayload event) {
        return (Map<?, ?>) Contexts.fromBase64(String.valueOf(event.get("cx")))
                .list()
                .get(0)
                .data();
    }
}
