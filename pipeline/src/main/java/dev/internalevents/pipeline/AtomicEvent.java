package dev.internalevents.pipeline;

import dev.internalevents.protocol.SchemaKey;
import dev.internalevents.protocol.UnstructEvent;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The step from parameters to atomic fields, with types and lengths checked. */
final class AtomicEvent {

    private static final String COLLECTOR_VERSION = "internal-events-collector-0.1.0";
    private static final String PIPELINE_VERSION = "internal-events-pipeline-0.1.0";
    private static final String NETWORK_USER_ID_PARAMETER = "nuid";
    private static final SchemaKey STRUCT = SchemaKey.of("com.google.analytics", "event", "1-0-0");

    private final AtomicValues fields = new AtomicValues();
    private final List<Failure> failures;

    private AtomicEvent(List<Failure> failures) {
        this.failures = failures;
    }

    /**
     * The fields that have a value.
     *
     * @param eventId of an event that was sent without one
     * @param failures takes what is wrong with them
     */
    static AtomicValues fields(RawEvent raw, @Nullable UnstructEvent unstruct, String eventId, List<Failure> failures) {
        AtomicEvent event = new AtomicEvent(failures);
        event.parameters(raw.parameters().parameters());
        event.fields.setIfAbsent("event_id", eventId);
        event.request(raw.payload());
        event.urls();
        event.times(raw.payload().context().timestamp());
        name(event.fields, unstruct);
        event.lengths();
        return event.fields;
    }

    /** The schema of the event itself. */
    static SchemaKey schema(AtomicValues fields, @Nullable UnstructEvent unstruct) {
        String type = fields.text("event");
        if (unstruct != null && "unstruct".equals(type)) {
            return unstruct.event().schema();
        }
        return "struct".equals(type)
                ? STRUCT
                : SchemaKey.of("com.snowplowanalytics.snowplow", type == null ? "unknown" : type, "1-0-0");
    }

    private void parameters(Map<String, String> parameters) {
        parameters.forEach((name, text) -> {
            AtomicFields.Rule rule = AtomicFields.BY_PARAMETER.get(name);
            if (rule != null && !text.isEmpty() && !isOverruled(name, parameters)) {
                parameter(rule, text);
            }
        });
        String type = parameters.get("e");
        if (type == null || type.isEmpty()) {
            fail("e", "event", "it is missing; every event says what it is: " + AtomicType.EVENT.expected());
        }
    }

    /** Two parameters name the network user; the one that a tracker was told to send by its page counts. */
    private static boolean isOverruled(String name, Map<String, String> parameters) {
        String other = parameters.get("tnuid");
        return name.equals(NETWORK_USER_ID_PARAMETER) && other != null && !other.isEmpty();
    }

    private void parameter(AtomicFields.Rule rule, String text) {
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
                    text.codePointCount(0, text.length()) + " characters, expected " + rule.maxLength() + " at most");
        } else if (value instanceof long[] size) {
            fields.set(rule.field() + "width", size[0]);
            fields.set(rule.field() + "height", size[1]);
        } else {
            fields.set(rule.field(), value);
        }
    }

    private void request(CollectorPayload payload) {
        CollectorPayload.Context context = payload.context();
        absent("user_ipaddress", context.ipAddress());
        absent("useragent", context.useragent());
        absent("page_referrer", context.refererUri());
        absent("network_userid", context.userId());
        fields.set("v_collector", COLLECTOR_VERSION);
        fields.set("v_etl", PIPELINE_VERSION);
    }

    private void urls() {
        String page = fields.text("page_url");
        if (page != null) {
            UrlParts.of("page", page).forEach(fields::set);
        }
        String referrer = fields.text("page_referrer");
        if (referrer != null) {
            UrlParts.of("refr", referrer).forEach(fields::set);
        }
    }

    private void times(Instant received) {
        Instant collected = received.truncatedTo(ChronoUnit.MILLIS);
        fields.set("collector_tstamp", collected);
        fields.set("etl_tstamp", Instant.ofEpochMilli(System.currentTimeMillis()));
        Instant created = fields.time("dvce_created_tstamp");
        Instant sent = fields.time("dvce_sent_tstamp");
        Instant truth = fields.time("true_tstamp");
        Instant derived = collected;
        if (truth != null) {
            derived = truth;
        } else if (created != null && sent != null) {
            derived = collected.minus(Duration.between(created, sent));
        }
        fields.set("derived_tstamp", derived);
    }

    /** The fields that name the event's schema. */
    static void name(AtomicValues fields, @Nullable UnstructEvent unstruct) {
        SchemaKey schema = schema(fields, unstruct);
        fields.set("event_vendor", schema.vendor());
        fields.set("event_name", schema.name());
        fields.set("event_format", schema.format());
        fields.set("event_version", schema.version().toString());
    }

    private void lengths() {
        for (AtomicFields.Length length : AtomicFields.LENGTHS) {
            if (fields.get(length.ordinal()) instanceof String text
                    && text.length() > length.most()
                    && text.codePointCount(0, text.length()) > length.most()) {
                fail(null, length.field(), text.length() + " characters, expected " + length.most() + " at most");
            }
        }
    }

    private void absent(String field, @Nullable String value) {
        if (value != null && !value.isEmpty()) {
            fields.setIfAbsent(field, value);
        }
    }

    private void fail(@Nullable String parameter, String field, String message) {
        String where = parameter == null ? "field " + field : "parameter " + parameter + " (" + field + ")";
        failures.add(Failure.of(Failure.Step.ATOMIC, where, message));
    }

    private static String shorten(String text) {
        return text.length() <= 100 ? text : text.substring(0, 100) + "…";
    }
}
