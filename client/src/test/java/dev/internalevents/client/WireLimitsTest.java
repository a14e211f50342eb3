package dev.internalevents.client;

import static dev.internalevents.client.TestClients.flush;
import static dev.internalevents.client.TestClients.sendingTo;
import static org.assertj.core.api.Assertions.assertThat;

import dev.internalevents.client.delivery.DropReason;
import dev.internalevents.protocol.Json;
import dev.internalevents.protocol.TrackerPayload;
import dev.internalevents.testkit.FakeCollector;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Values that exceed the collector's limits are cut, left out or dropped before they are sent. */
class WireLimitsTest {

    private static final String EMOJI = "\uD83D\uDE00";

    @AutoClose
    private final FakeCollector sink = new FakeCollector();

    private final List<EventDetails> told = new ArrayList<>();

    @TempDir
    private Path outbox;

    private InternalEventsClientBuilder builder() {
        return sendingTo(sink).listener(told::add);
    }

    private static String contexts(TrackerPayload event) {
        return new String(Base64.getUrlDecoder().decode(String.valueOf(event.get("cx"))), StandardCharsets.UTF_8);
    }

    private static long characters(String text) {
        return text.codePointCount(0, text.length());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void long_texts_are_cut_and_counted(boolean onDisk) {
        InternalEventsClientBuilder builder = builder();
        if (onDisk) {
            builder.outbox(outbox);
        }
        try (InternalEventsClient client = builder.build()) {
            client.event("asked")
                    .category("c".repeat(1_001))
                    .label("l".repeat(2_000_000))
                    .property("p".repeat(1_001))
                    .value(7)
                    .put("engine", "x")
                    .track();
            flush(client);

            assertThat(sink.taken()).singleElement().satisfies(event -> {
                assertThat(event.get("se_ca")).isEqualTo("c".repeat(997) + "...");
                assertThat(event.get("se_la")).isEqualTo("l".repeat(4_093) + "...");
                assertThat(event.get("se_pr")).isEqualTo("p".repeat(997) + "...");
                assertThat(event.get("se_va")).isEqualTo("7");
                assertThat(contexts(event)).contains("\"extra\":{\"engine\":\"x\"}");
            });
            assertThat(client.cutValues())
                    .containsEntry("category", 1L)
                    .containsEntry("label", 1L)
                    .containsEntry("property", 1L);
            // Listeners in the process see the same values as the collector.
            assertThat(told.get(0).properties().property()).isEqualTo("p".repeat(997) + "...");
            assertThat(told.get(0).category()).isEqualTo("c".repeat(997) + "...");
        }
    }

    @Test
    void cutting_a_text_changes_nothing_else() {
        try (InternalEventsClient client = builder().build()) {
            client.event("asked")
                    .put("label", new StringBuilder("other"))
                    .put("value", "seven")
                    .label("right")
                    .value(7)
                    .property("p".repeat(1_001))
                    .track();
            flush(client);

            assertThat(sink.taken()).singleElement().satisfies(event -> {
                assertThat(event.get("se_la")).isEqualTo("right");
                assertThat(event.get("se_pr")).isEqualTo("p".repeat(997) + "...");
                assertThat(event.get("se_va")).isEqualTo("7");
                assertThat(contexts(event)).contains("\"extra\":{\"label\":\"other\",\"value\":\"seven\"}");
            });
        }
    }

    @Test
    void an_event_that_fits_fits_with_a_cut_label_too() {
        try (InternalEventsClient client = builder().maxRequestBytes(5_000_000).build()) {
            client.event("asked")
                    .put("k", List.of("x".repeat(1_800_000)))
                    .label("l".repeat(4_097))
                    .track();
            flush(client);

            assertThat(client.stats().delivered()).isEqualTo(1);
        }
    }

    @Test
    void texts_of_the_greatest_length_stay_as_they_are() {
        try (InternalEventsClient client = builder().build()) {
            client.event("n".repeat(1_000))
                    .category("c".repeat(1_000))
                    .label(EMOJI.repeat(4_096))
                    .property(EMOJI.repeat(1_000))
                    .track();
            client.event(EMOJI.repeat(1_000)).track();
            flush(client);

            assertThat(sink.takenNames()).containsExactly("n".repeat(1_000), EMOJI.repeat(1_000));
            assertThat(sink.taken().get(0).get("se_la")).isEqualTo(EMOJI.repeat(4_096));
            assertThat(sink.taken().get(0).get("se_pr")).isEqualTo(EMOJI.repeat(1_000));
            assertThat(client.cutValues()).doesNotContainKeys("category", "label", "property");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {996, 997, 998, 999})
    void surrogate_pairs_are_not_cut_apart(int before) {
        try (InternalEventsClient client = builder().build()) {
            client.event("asked")
                    .property("p".repeat(before) + EMOJI.repeat(100))
                    .track();
            flush(client);

            String sent = String.valueOf(sink.taken().get(0).get("se_pr"));
            assertThat(characters(sent)).isEqualTo(1_000);
            assertThat(sent).endsWith("...").doesNotContain("\uFFFD");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\n", "\u2003\t"})
    void a_blank_name_is_dropped_as_unreadable(String name) {
        try (InternalEventsClient client = builder().build()) {
            client.trackEvent(name);
            client.event(name).track();
            client.trackEvent("asked");
            flush(client);

            assertThat(sink.takenNames()).containsExactly("asked");
            assertThat(client.stats().droppedByReason()).containsEntry(DropReason.UNREADABLE, 2L);
            assertThat(client.stats().droppedByReason().keySet()).containsExactly(DropReason.values());
            assertThat(client.stats().tracked()).isEqualTo(3);
            assertThat(told).extracting(EventDetails::name).containsExactly("asked");
        }
    }

    @Test
    void a_name_that_is_too_long_is_dropped_and_not_kept() {
        String name = "n".repeat(2_000_000);
        try (InternalEventsClient client = builder().build()) {
            client.trackEvent(name);
            flush(client);

            assertThat(sink.taken()).isEmpty();
            assertThat(told).isEmpty();
            assertThat(client.drops())
                    .containsOnly(Map.entry(DropReason.UNREADABLE, Map.of("n".repeat(97) + "...", 1L)));
        }
    }

    @Test
    void fields_of_the_context_stay_within_the_schema() {
        EventContext context = EventContext.builder()
                .environment("e".repeat(33))
                .source("s".repeat(33))
                .plan("p".repeat(33))
                .clientName("n".repeat(65))
                .correlationId("i".repeat(65))
                .globalUserId("g".repeat(65))
                .instanceId("j".repeat(256))
                .projectId(1L << 31)
                .namespaceId(-1L)
                .inputTokens(Long.MAX_VALUE)
                .featureEnabledByNamespaceIds(List.of(1L, -7L, 2L))
                .userId(3_000_000_000L)
                .build();
        try (InternalEventsClient client = builder().build()) {
            try (Scope scope = context.makeCurrent()) {
                client.event("asked").user(4_000_000_000L).plan("q".repeat(40)).track();
            }
            flush(client);

            assertThat(contexts(sink.taken().get(0)))
                    .contains("\"environment\":\"" + "e".repeat(29) + "...\"")
                    .contains("\"source\":\"" + "s".repeat(29) + "...\"")
                    .contains("\"plan\":\"" + "q".repeat(29) + "...\"")
                    .contains("\"client_name\":\"" + "n".repeat(61) + "...\"")
                    .contains("\"user_id\":\"4000000000\"")
                    .contains("\"feature_enabled_by_namespace_ids\":[1,2]")
                    .doesNotContain("correlation_id", "global_user_id", "instance_id", "project_id")
                    .doesNotContain("\"namespace_id\"", "input_tokens");
            assertThat(client.cutValues()).containsKeys("plan", "correlation_id", "project_id", "input_tokens");
        }
    }

    @ParameterizedTest
    @MethodSource
    void a_number_that_is_an_id_is_sent_as_that_id_or_not_at_all(Number id, @Nullable Object user, boolean fits) {
        EventContext ofTheRequest =
                EventContext.builder().projectId(1L).namespaceId(2L).build();
        try (InternalEventsClient client = builder().build()) {
            try (Scope scope = ofTheRequest.makeCurrent()) {
                client.event("asked").user(id).project(id).namespace(id).track();
            }
            flush(client);

            String sent = contexts(sink.taken().get(0));
            if (fits) {
                assertThat(sent).contains("\"project_id\":" + user, "\"namespace_id\":" + user);
            } else {
                assertThat(sent).doesNotContain("project_id", "\"namespace_id\"");
            }
            if (user == null) {
                assertThat(sent).doesNotContain("user_id");
            } else {
                assertThat(sent).contains("\"user_id\":" + Json.write(user));
            }
        }
    }

    static Stream<Arguments> a_number_that_is_an_id_is_sent_as_that_id_or_not_at_all() {
        return Stream.of(
                Arguments.of(42, 42, true),
                Arguments.of(new AtomicLong(42), 42, true),
                Arguments.of(42.0, 42, true),
                Arguments.of(new BigDecimal("42.00"), 42, true),
                Arguments.of(new BigInteger("42"), 42, true),
                Arguments.of(new BigInteger("18446744073709551659"), "18446744073709551659", false),
                Arguments.of(new BigInteger("-18446744073709551574"), "-18446744073709551574", false),
                Arguments.of(new BigDecimal("1E+20"), "1" + "0".repeat(20), false),
                Arguments.of(1e20, "1" + "0".repeat(20), false),
                Arguments.of(BigInteger.TEN.pow(300), null, false),
                Arguments.of(BigInteger.TEN.pow(30_000), null, false),
                Arguments.of(new BigDecimal("1E+1000000000"), null, false),
                Arguments.of(42.9, null, false),
                Arguments.of(new BigDecimal("1E-1000000000"), null, false),
                Arguments.of(Double.NaN, null, false),
                Arguments.of(Float.POSITIVE_INFINITY, null, false));
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.8e308", "-1.8e308", "1e309", "1e400", "-1e400", "1e999", "1e1000000000"})
    void a_value_that_no_double_can_hold_is_left_out(String text) {
        BigDecimal number = new BigDecimal(text);
        assertThat(AdditionalProperties.builder().value(number).build().value()).isNull();
        if (number.scale() > -1000) {
            assertThat(AdditionalProperties.builder()
                            .value(number.toBigInteger())
                            .build()
                            .value())
                    .isNull();
        }
        assertThat(AdditionalProperties.builder()
                        .value(new BigDecimal("1.7e308"))
                        .build()
                        .value())
                .isNotNull();
    }

    @Test
    void the_settings_that_every_event_repeats_are_cut() {
        try (InternalEventsClient client =
                builder().appId("a".repeat(256)).namespace("n".repeat(129)).build()) {
            client.trackEvent("asked");
            flush(client);

            assertThat(sink.taken().get(0).get("aid")).isEqualTo("a".repeat(252) + "...");
            assertThat(sink.taken().get(0).get("tna")).isEqualTo("n".repeat(125) + "...");
            assertThat(client.cutValues()).containsEntry("app_id", 1L).containsEntry("namespace", 1L);
        }
    }
}
