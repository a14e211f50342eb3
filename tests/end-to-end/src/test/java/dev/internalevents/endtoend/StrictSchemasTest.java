package dev.internalevents.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.internalevents.client.AiContext;
import dev.internalevents.client.EventBuilder;
import dev.internalevents.client.EventContext;
import dev.internalevents.client.EventContextBuilder;
import dev.internalevents.client.EventContextFactory;
import dev.internalevents.client.InternalEventsClient;
import dev.internalevents.client.InternalEventsClientBuilder;
import dev.internalevents.client.VerifiedClaims;
import dev.internalevents.client.billing.BillingEvent;
import dev.internalevents.client.billing.BillingEventsClient;
import dev.internalevents.client.delivery.DropReason;
import dev.internalevents.client.legacy.SnowplowEvent;
import dev.internalevents.client.legacy.SnowplowEventContext;
import dev.internalevents.client.legacy.SnowplowInstrumentator;
import dev.internalevents.client.settings.SnowplowSettings;
import dev.internalevents.collector.Collector;
import dev.internalevents.collector.CollectorSettings;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Type;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * GitLab's schemas accept every event, whatever values a service and its callers set: values that are too long, too
 * large or unknown are not sent.
 */
class StrictSchemasTest {

    private static final int EVENTS = 400;

    private static final List<String> TEXTS = List.of(
            "",
            " ",
            "x",
            "saas",
            "SaaS",
            "self-managed",
            "Self-Managed",
            "dedicated",
            ".com",
            "null",
            "7",
            "-1",
            "0",
            "2147483647",
            "2147483648",
            "99999999999999999999",
            "1,2,a,,-3,2147483648",
            "true",
            "☃😀",
            "a".repeat(32),
            "a".repeat(33),
            "😀".repeat(33),
            "b".repeat(64),
            "b".repeat(65),
            "c".repeat(255),
            "c".repeat(256),
            "d".repeat(900),
            "e".repeat(5_000),
            "{\"a\":{\"b\":[1,2]}}",
            "{",
            "[1]",
            "{\"a\":\"" + "f".repeat(900) + "\"}");

    private static final List<Number> NUMBERS = List.of(
            0L,
            1L,
            7L,
            -1L,
            599L,
            600L,
            4_000L,
            4_001L,
            2_147_483_647L,
            2_147_483_648L,
            Long.MAX_VALUE,
            Long.MIN_VALUE,
            2.5,
            -0.5,
            1e300,
            Double.NaN,
            Double.NEGATIVE_INFINITY);

    private final Random random = new Random(1_108);

    @AutoClose
    private Collector collector;

    @BeforeEach
    void start() throws Exception {
        collector = Collector.start(CollectorSettings.local(0));
    }

    @Test
    void whatever_a_context_and_an_event_are_given_the_event_is_good() throws Exception {
        List<Method> ofContext = setters(EventContextBuilder.class, Set.of());
        // Custom contexts are sent unchanged and may fail, and delivery() could keep an event from being sent.
        List<Method> ofEvent = setters(EventBuilder.class, Set.of("context", "delivery"));
        try (InternalEventsClient client = client().build()) {
            for (int i = 0; i < EVENTS; i++) {
                EventContextBuilder context = EventContext.builder();
                set(context, ofContext);
                context.build()
                        .wrap(() -> {
                            EventBuilder event = client.event("any_event");
                            set(event, ofEvent);
                            event.track();
                        })
                        .run();
            }
            assertThat(client.flush(Duration.ofSeconds(60))).isTrue();
            assertAllGood(EVENTS - client.stats().dropped());
        }
    }

    @Test
    void whatever_headers_and_settings_say_the_event_is_good() throws Exception {
        try (InternalEventsClient client =
                client().appId(text()).namespace("gl").sendUserId(true).build()) {
            for (int i = 0; i < EVENTS; i++) {
                Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
                for (String header : EventContextFactory.headers()) {
                    if (random.nextInt(3) > 0) {
                        headers.put(header, text());
                    }
                }
                EventContext context = new EventContextFactory(text(), text())
                        .fromHeaders(headers::get, random.nextBoolean() ? claims() : null);
                context.wrap(() -> client.trackEvent("any_event")).run();
            }
            assertThat(client.flush(Duration.ofSeconds(60))).isTrue();
            assertAllGood(EVENTS - client.stats().dropped());
        }
    }

    private VerifiedClaims claims() {
        return VerifiedClaims.of(
                Map.of("gitlab_realm", text(), "gitlab_root_namespace_id", text(), "gitlab_instance_uid", text()));
    }

    @Test
    @SuppressWarnings("deprecation") // It is sent until its consumers have moved to internal events.
    void whatever_the_legacy_event_is_given_it_is_good_if_its_realm_is() throws Exception {
        List<Method> setters = setters(SnowplowEventContext.Builder.class, Set.of());
        try (SnowplowInstrumentator instrumentator =
                SnowplowInstrumentator.fromSettings(new SnowplowSettings(true, URI.create(collector.url()), 10, 1))) {
            for (int i = 0; i < EVENTS; i++) {
                SnowplowEventContext.Builder context = SnowplowEventContext.builder();
                set(context, setters);
                instrumentator.watch(
                        new SnowplowEvent(context.gitlabRealm("saas").build(), text(), "any_action", text(), 1));
            }
            assertThat(instrumentator.flush(Duration.ofSeconds(60))).isTrue();
        }
        assertAllGood(EVENTS);
    }

    @Test
    void whatever_a_billing_event_is_given_it_is_good_or_refused_and_has_a_twin(@TempDir Path folder) throws Exception {
        List<Method> ofContext = setters(EventContextBuilder.class, Set.of("realm"));
        List<Method> ofEvent = setters(BillingEvent.Builder.class, Set.of("quantity"));
        try (InternalEventsClient internalEvents = client().build();
                BillingEventsClient billing = BillingEventsClient.builder()
                        .endpoint(URI.create(collector.url()))
                        .outbox(folder)
                        .internalEvents(internalEvents)
                        .build()) {
            for (int i = 0; i < EVENTS; i++) {
                EventContextBuilder context = EventContext.builder();
                set(context, ofContext);
                context.realm("saas")
                        .build()
                        .wrap(() -> {
                            BillingEvent.Builder event = billing.billingEvent("any_event");
                            set(event, ofEvent);
                            if (random.nextInt(8) == 0) {
                                event.quantity(number().doubleValue());
                            }
                            event.track();
                        })
                        .run();
            }
            assertThat(billing.flush(Duration.ofSeconds(60))).isTrue();
            assertThat(internalEvents.flush(Duration.ofSeconds(60))).isTrue();
            assertThat(billing.stats().droppedByReason().get(DropReason.NOT_BILLABLE))
                    .isEqualTo(billing.stats().dropped())
                    .isPositive();
            assertThat(internalEvents.stats().delivered())
                    .isEqualTo(billing.stats().delivered());
            assertAllGood(2 * billing.stats().delivered());
        }
    }

    private InternalEventsClientBuilder client() {
        return InternalEventsClient.builder().endpoint(URI.create(collector.url()));
    }

    private void assertAllGood(long events) throws Exception {
        JsonNode bad = Web.json(collector.url() + "/micro/bad");
        assertThat(bad.valueStream()
                        .flatMap(event -> event.path("errors").valueStream())
                        .distinct()
                        .toList())
                .isEmpty();
        assertThat(Web.json(collector.url() + "/micro/all").path("good").asLong())
                .isEqualTo(events)
                .isGreaterThan(EVENTS / 2);
    }

    /** Returns the setters of a builder, in the same order in every run. */
    private static List<Method> setters(Class<?> builder, Set<String> without) {
        return Arrays.stream(builder.getMethods())
                .filter(method -> method.getReturnType() == builder && method.getParameterCount() > 0)
                .filter(method -> !without.contains(method.getName()))
                .sorted(Comparator.comparing(Method::toGenericString))
                .toList();
    }

    private void set(Object builder, List<Method> setters) {
        for (Method setter : setters) {
            if (random.nextInt(3) > 0) {
                try {
                    setter.invoke(
                            builder,
                            Arrays.stream(setter.getGenericParameterTypes())
                                    .map(this::value)
                                    .toArray());
                } catch (InvocationTargetException e) {
                    // A value that a setter rejects is not sent.
                } catch (ReflectiveOperationException e) {
                    throw new AssertionError(e);
                }
            }
        }
    }

    private @Nullable Object value(Type type) {
        String name = type.getTypeName();
        boolean primitive = type instanceof Class<?> one && one.isPrimitive();
        if (!primitive && random.nextInt(8) == 0) {
            return null;
        }
        return switch (name) {
            case "long", "java.lang.Long" -> number().longValue();
            case "double", "java.lang.Double" -> number().doubleValue();
            case "int", "java.lang.Integer" -> number().intValue();
            case "long[]" -> numbers().stream().mapToLong(Long::longValue).toArray();
            case "boolean", "java.lang.Boolean" -> random.nextBoolean();
            case "java.lang.String" -> text();
            case "java.lang.Number" -> number();
            case "dev.internalevents.client.VerifiedClaims" ->
                new VerifiedClaims(
                        random.nextInt(4) == 0 ? text() : "self-managed",
                        number().longValue(),
                        text(),
                        random.nextBoolean());
            case "dev.internalevents.client.AiContext" -> {
                AiContext.Builder ai = AiContext.builder();
                set(ai, setters(AiContext.Builder.class, Set.of()));
                yield ai.build();
            }
            case "java.lang.Object" -> random.nextBoolean() ? text() : random.nextBoolean() ? number() : tree(3);
            case "java.time.Instant" ->
                List.of(Instant.EPOCH, Instant.MIN, Instant.MAX, Instant.parse("2026-11-26T07:46:29.123456789Z"))
                        .get(random.nextInt(4));
            default -> {
                if (name.startsWith("java.util.List<") && name.contains("Long")) {
                    yield numbers();
                } else if (name.startsWith("java.util.List<")) {
                    yield items();
                } else if (name.startsWith("java.util.Map<")) {
                    yield tree(4);
                } else if (name.startsWith("java.lang.Class<")) {
                    yield String.class;
                }
                // Any other type, such as a builder.
                yield null;
            }
        };
    }

    private String text() {
        return TEXTS.get(random.nextInt(TEXTS.size()));
    }

    private Number number() {
        return NUMBERS.get(random.nextInt(NUMBERS.size()));
    }

    private List<@Nullable Long> numbers() {
        List<@Nullable Long> numbers = new ArrayList<>();
        for (int i = random.nextInt(5); i > 0; i--) {
            numbers.add(number().longValue());
        }
        return numbers;
    }

    private List<@Nullable Object> items() {
        List<@Nullable Object> items = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            Map<String, Object> item = new LinkedHashMap<>();
            for (String key : List.of("file_extension", "type", "resolution_strategy", "byte_size", "other")) {
                if (random.nextBoolean()) {
                    item.put(key, random.nextBoolean() ? text() : number());
                }
            }
            items.add(random.nextInt(4) == 0 ? text() : item);
        }
        return items;
    }

    private Map<String, Object> tree(int depth) {
        Map<String, Object> tree = new LinkedHashMap<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            tree.put(text(), depth == 0 || random.nextBoolean() ? text() : tree(depth - 1));
        }
        return tree;
    }
}
