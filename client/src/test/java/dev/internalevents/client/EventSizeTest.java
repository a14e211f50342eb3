package dev.internalevents.client;

import static dev.internalevents.client.TestClients.flush;
import static dev.internalevents.client.TestClients.sendingTo;
import static org.assertj.core.api.Assertions.assertThat;

import dev.internalevents.client.delivery.DropReason;
import dev.internalevents.protocol.Json;
import dev.internalevents.protocol.SchemaKey;
import dev.internalevents.protocol.SelfDescribingJson;
import dev.internalevents.testkit.FakeCollector;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** An event is dropped as too large if it is larger than a request may be, to the byte, and only then. */
class EventSizeTest {

    private static final SchemaKey SCHEMA = SchemaKey.of("com.acme", "numbers", "1-0-0");
    private static final int SOME = 100;
    private static final int MANY = 4_000;

    /** Makes an event of any kind larger than the size that every event may have. */
    private static final String PADDING = "x".repeat(50_000);

    /** One of each kind of value, by the kind's name. */
    private static final Map<String, @Nullable Object> VALUES = values();

    @AutoClose
    private final FakeCollector sink = new FakeCollector();

    @TempDir
    private Path folder;

    private int clients;

    private static Map<String, @Nullable Object> values() {
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        values.put("zero", 0);
        values.put("negative", -7L);
        values.put("longest long", Long.MIN_VALUE);
        values.put("double", -1.7976931348623157E308);
        values.put("whole", new BigInteger("-123456789012345678901234567890"));
        values.put("small whole", BigInteger.ZERO);
        values.put("decimal", new BigDecimal("-0.000123"));
        values.put("small decimal", BigDecimal.ZERO);
        values.put("exponent", new BigDecimal("1.5E-200"));
        values.put("true", true);
        values.put("false", false);
        values.put("null", null);
        values.put("empty text", "");
        values.put("empty object", Map.of());
        values.put("empty array", List.of());
        values.put("nested", List.of(Map.of("a", List.of(1, true))));
        values.put("escapes", "\u0001\"\\\n\u007f");
        values.put("two bytes", "ü");
        values.put("three bytes", "€");
        values.put("four bytes", "\uD83D\uDE00");
        values.put("half a pair", "\uD83D");
        return Collections.unmodifiableMap(values);
    }

    /** Where an event has values. */
    private enum Place {
        LIST {
            @Override
            void track(InternalEventsClient client, @Nullable Object value) {
                client.event("e")
                        .put("pad", PADDING)
                        .put("k", Collections.nCopies(MANY, value))
                        .track();
            }
        },
        OBJECT {
            @Override
            void track(InternalEventsClient client, @Nullable Object value) {
                Map<String, @Nullable Object> object = new LinkedHashMap<>();
                for (int i = 0; i < MANY; i++) {
                    object.put(i + "\"", value);
                }
                client.event("e").put("pad", PADDING).put("k", object).track();
            }
        },
        KEYS {
            @Override
            void track(InternalEventsClient client, @Nullable Object value) {
                EventBuilder event = client.event("e").put("pad", PADDING);
                for (int i = 0; i < MANY; i++) {
                    event.put("ü" + i, value);
                }
                event.track();
            }
        },
        PROPERTIES {
            @Override
            void track(InternalEventsClient client, @Nullable Object value) {
                client.trackEvent(
                        "e",
                        AdditionalProperties.builder()
                                .label("l\n")
                                .property("p\"")
                                .value(1.5)
                                .put("pad", PADDING)
                                .put("k", Collections.nCopies(MANY, value))
                                .build());
            }
        },
        CONTEXT {
            @Override
            void track(InternalEventsClient client, @Nullable Object value) {
                Object data = Json.copyOf(Arrays.asList(PADDING, Collections.nCopies(MANY, value)));
                client.event("e").context(new SelfDescribingJson(SCHEMA, data)).track();
            }
        },
        CONTEXTS {
            @Override
            void track(InternalEventsClient client, @Nullable Object value) {
                EventBuilder event = client.event("e").put("pad", PADDING);
                SelfDescribingJson context = new SelfDescribingJson(SCHEMA, value);
                for (int i = 0; i < MANY; i++) {
                    event.context(context);
                }
                event.track();
            }
        },
        REQUEST {
            @Override
            void track(InternalEventsClient client, @Nullable Object value) {
                Map<String, @Nullable Object> extra = new LinkedHashMap<>();
                extra.put("kept", Collections.nCopies(SOME, value));
                extra.put("replaced", Collections.nCopies(SOME / 2, value));
                extra.put("alone", value);
                EventContext context =
                        EventContext.builder().userId("ü").extra(extra).build();
                try (Scope ignored = context.makeCurrent()) {
                    client.event("e")
                            .put("pad", PADDING)
                            .put("replaced", value)
                            .put("alone", value == null ? List.of() : value)
                            .track();
                }
            }
        };

        abstract void track(InternalEventsClient client, @Nullable Object value);
    }

    private InternalEventsClientBuilder client(boolean onDisk) {
        InternalEventsClientBuilder builder = sendingTo(sink);
        return onDisk ? builder.outbox(folder.resolve("outbox" + clients++)) : builder;
    }

    private int lastRequest() {
        List<Map<String, List<String>>> requests = sink.headers();
        return Integer.parseInt(
                requests.get(requests.size() - 1).get("Content-length").get(0));
    }

    @ParameterizedTest
    @EnumSource
    void in_memory_only_an_event_that_is_larger_than_a_request_is_dropped(Place place) {
        VALUES.forEach((kind, value) -> check(place, kind, value, false));
    }

    @Tag("slow")
    @ParameterizedTest
    @EnumSource
    void on_disk_only_an_event_that_is_larger_than_a_request_is_dropped(Place place) {
        VALUES.forEach((kind, value) -> check(place, kind, value, true));
    }

    private void check(Place place, String kind, @Nullable Object value, boolean onDisk) {
        try (InternalEventsClient roomy =
                sendingTo(sink).maxRequestBytes(10_000_000).build()) {
            place.track(roomy, value);
            flush(roomy);
            assertThat(roomy.stats().delivered()).isEqualTo(1);
        }
        int size = lastRequest();
        for (int limit = size - 1; limit <= size + 1; limit++) {
            try (InternalEventsClient client =
                    client(onDisk).maxRequestBytes(limit).build()) {
                place.track(client, value);
                flush(client);

                boolean fits = size <= limit;
                assertThat(client.stats().delivered())
                        .as("%s: %d bytes of %d", kind, size, limit)
                        .isEqualTo(fits ? 1 : 0);
                assertThat(client.stats().droppedByReason())
                        .as("%s: %d bytes of %d", kind, size, limit)
                        .containsEntry(DropReason.TOO_LARGE, fits ? 0L : 1L);
            }
            assertThat(lastRequest())
                    .as("%s: the request with a limit of %d, which has a body of %s", kind, limit, sink.requests())
                    .isEqualTo(size);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void values_that_take_more_memory_than_bytes_are_sent(boolean onDisk) {
        Object numbers = Json.parse("[" + "0,".repeat(119_999) + "0]");
        try (InternalEventsClient client = client(onDisk).build()) {
            client.event("numbers")
                    .context(new SelfDescribingJson(SCHEMA, numbers))
                    .track();
            EventBuilder contexts = client.event("contexts");
            for (int i = 0; i < 4_000; i++) {
                contexts.context(new SelfDescribingJson(SCHEMA, i));
            }
            contexts.track();
            flush(client);
        }
        try (InternalEventsClient client =
                client(onDisk).maxRequestBytes(65_536).build()) {
            client.event("list").put("k", Collections.nCopies(8_000, 0)).track();
            client.trackEvent("properties", AdditionalProperties.of("k", Collections.nCopies(8_000, 0)));
            flush(client);
        }

        assertThat(sink.takenNames()).containsExactly("numbers", "contexts", "list", "properties");
    }

    @Test
    void short_keys_with_empty_values_are_counted_too() {
        try (InternalEventsClient client =
                client(false).maxRequestBytes(100_000).build()) {
            EventBuilder event = client.event("e");
            for (char c = 0x1000; c < 0x1000 + 9_500; c++) {
                event.put(String.valueOf(c), "");
            }
            event.track();
            flush(client);

            assertThat(client.stats().droppedByReason()).containsEntry(DropReason.TOO_LARGE, 1L);
        }
    }

    @Test
    void requests_of_several_events_stay_within_the_limit() {
        List<Integer> sizes = new ArrayList<>();
        for (int limit = 5_000; limit < 5_040; limit++) {
            try (InternalEventsClient client =
                    client(false).maxRequestBytes(limit).batchSize(250).build()) {
                for (int i = 0; i < 12; i++) {
                    client.event("e").label("x".repeat(i)).track();
                }
                flush(client);
                assertThat(client.stats().delivered()).isEqualTo(12);
            }
            int sent = sink.headers().size();
            while (sizes.size() < sent) {
                sizes.add(Integer.valueOf(
                        sink.headers().get(sizes.size()).get("Content-length").get(0)));
                assertThat(sizes.get(sizes.size() - 1)).isLessThanOrEqualTo(limit);
            }
        }
        assertThat(sizes).anySatisfy(size -> assertThat(size).isGreaterThan(4_000));
    }
}
