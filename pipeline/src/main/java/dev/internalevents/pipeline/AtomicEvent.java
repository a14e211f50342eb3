package dev.internalevents.pipeline;

import dev.internalevents.protocol.SchemaKey;
import dev.internalevents.protocol.TrackerPayload;
import dev.internalevents.protocol.UnstructEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The step from parameters to atomic fields, with types and lengths checked. */
final class AtomicEvent {

    private static final String COLLECTOR_VERSION = "internal-events-collector-0.1.0";
    private static final String PIPELINE_VERSION = "internal-events-pipeline-0.1.0";
    private static final SchemaKey STRUCT = SchemaKey.of("com.google.analytics", "event", "1-0-0");

    private final Map<String, Object> fields = new LinkedHashMap<>();
    private final List<Failure> failures;

    private AtomicEvent(List<Failure> failures) {
        this.failures = failures;
    }

    /**
     * The fields that have a value, in the order of the atomic schema.
     *
     * @param failures takes what is wrong with them
     */
    static Map<String, Object> fields(RawEvent raw, @Nullable UnstructEvent unstruct, List<Failure> failures) {
        AtomicEvent event = new AtomicEvent(failures);
        event.parameters(raw.parameters());
        event.request(raw.payload());
        event.urls();
        event.times(raw.payload().context().timestamp());
        event.name(unstruct);
        event.lengths();
        Map<String, Object> ordered = new LinkedHashMap<>();
        for (String name : AtomicFields.NAMES) {
            Object value = event.fields.get(name);
            if (value != null) {
                ordered.put(name, value);
            }
        }
        return ordered;
    }

    /** The schema of the event itself. */
    static SchemaKey schema(Map<String, Object> fields, @Nullable UnstructEvent unstruct) {
        if (unstruct != null && "unstruct".equals(fields.get("event"))) {
            return unstruct.event().schema();
        } else if ("struct".equals(fields.get("event"))) {
            return STRUCT;
        }
        Object type = fields.get("event");
        return SchemaKey.of("com.snowplowanalytics.snowplow", type == null ? "unknown" : (String) type, "1-0-0");
    }

    private void parameters(TrackerPayload parameters) {
        for (AtomicFields.Rule rule : AtomicFields.RULES) {
            String text = parameters.get(rule.parameter());
            if (text == null || text.isEmpty()) {
                continue;
            }
            Object value = rule.type().parse(text);
            if (value == null) {
                fail(
                        rule.parameter(),
                        rule.field(),
                        "\"" + shorten(text) + "\" is not " + rule.type().expected());
            } else if (text.length() > rule.maxLength() && text.codePointCount(0, text.length()) > rule.maxLength()) {
                fail(
                        rule.parameter(),
                        rule.field(),
                        text.codePointCount(0, text.length()) + " characters, expected " + rule.maxLength()
                                + " at most");
            } else if (value instanceof long[] size) {
                fields.put(rule.field() + "width", size[0]);
                fields.put(rule.field() + "height", size[1]);
            } else {
                fields.put(rule.field(), value);
            }
        }
        if (isBlank(parameters.get("e"))) {
            fail("e", "event", "it is missing; every event says what it is: " + AtomicType.EVENT.expected());
        }
        fields.putIfAbsent("event_id", UUID.randomUUID().toString());
    }

    private void request(CollectorPayload payload) {
        CollectorPayload.Context context = payload.context();
        absent("user_ipaddress", context.ipAddress());
        absent("useragent", context.useragent());
        absent("page_referrer", context.refererUri());
        absent("network_userid", context.userId());
        fields.put("v_collector", COLLECTOR_VERSION);
        fields.put("v_etl", PIPELINE_VERSION);
    }

    private void urls() {
        if (fields.get("page_url") instanceof String page) {
            fields.putAll(UrlParts.of("page", page));
        }
        if (fields.get("page_referrer") instanceof String referrer) {
            fields.putAll(UrlParts.of("refr", referrer));
        }
    }

    private void times(Instant received) {
        fields.put("collector_tstamp", AtomicType.iso(received));
        fields.put("etl_tstamp", AtomicType.iso(Instant.now()));
        Instant created = time("dvce_created_tstamp");
        Instant sent = time("dvce_sent_tstamp");
        Instant truth = time("true_tstamp");
        Instant derived = received;
        if (truth != null) {
            derived = truth;
        } else if (created != null && sent != null) {
            derived = received.minus(Duration.between(created, sent));
        }
        fields.put("derived_tstamp", AtomicType.iso(derived));
    }

    private void name(@Nullable UnstructEvent unstruct) {
        SchemaKey schema = schema(fields, unstruct);
        fields.put("event_vendor", schema.vendor());
        fields.put("event_name", schema.name());
        fields.put("event_format", schema.format());
        fields.put("event_version", schema.version().toString());
    }

    private void lengths() {
        AtomicFields.FURTHER_LENGTHS.forEach((field, most) -> {
            if (fields.get(field) instanceof String text && text.codePointCount(0, text.length()) > most) {
                fail(null, field, text.length() + " characters, expected " + most + " at most");
            }
        });
    }

    private @Nullable Instant time(String field) {
        return fields.get(field) instanceof String text ? Instant.parse(text) : null;
    }

    private void absent(String field, @Nullable String value) {
        if (value != null && !value.isEmpty()) {
            fields.putIfAbsent(field, value);
        }
    }

    private void fail(@Nullable String parameter, String field, String message) {
        String where = parameter == null ? "field " + field : "parameter " + parameter + " (" + field + ")";
        failures.add(Failure.of(Failure.Step.ATOMIC, where, message));
    }

    private static boolean isBlank(@Nullable String text) {
        return text == null || text.isEmpty();
    }

    private static String shorten(String text) {
        return Objects.requireNonNull(text).length() <= 100 ? text : text.substring(0, 100) + "…";
    }
}
