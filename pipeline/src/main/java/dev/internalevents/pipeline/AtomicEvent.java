package dev.internalevents.pipeline;

import dev.internalevents.protocol.Excerpt;
import dev.internalevents.protocol.ProductVersion;
import dev.internalevents.protocol.SchemaKey;
import dev.internalevents.protocol.UnstructEvent;
import java.net.URISyntaxException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Converts parameters into atomic fields and checks their types and lengths. */
final class AtomicEvent {

    private static final String COLLECTOR_VERSION = "internal-events-collector-" + ProductVersion.CURRENT;
    private static final String PIPELINE_VERSION = "internal-events-pipeline-" + ProductVersion.CURRENT;
    private static final String CROSS_DOMAIN_PARAMETER = "_sp";
    private static final SchemaKey STRUCT = SchemaKey.of("com.google.analytics", "event", "1-0-0");

    private static final String STRUCT_VERSION = STRUCT.version().toString();

    private final AtomicValues fields = new AtomicValues();
    private final List<Failure> failures;

    private AtomicEvent(List<Failure> failures) {
        this.failures = failures;
    }

    /**
     * Returns the fields that have a value.
     *
     * @param derivedId the id for an event that was sent without a usable one; null otherwise
     * @param failures collects the problems found in the fields
     */
    static AtomicValues fields(
            RawEvent raw, @Nullable UnstructEvent unstruct, @Nullable String derivedId, List<Failure> failures) {
        AtomicEvent event = new AtomicEvent(failures);
        event.parameters(raw.parameters().parameters());
        if (derivedId != null) {
            event.fields.setIfAbsent("event_id", derivedId);
        }
        event.request(raw.payload());
        event.page(raw);
        event.referrer();
        event.times(raw.payload().context().timestamp());
        name(event.fields, unstruct);
        event.lengths();
        return event.fields;
    }

    /** Returns the schema of the event itself. */
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
            if (rule != null && !text.isEmpty() && !isOverruled(rule, parameters)) {
                parameter(rule, text);
            }
        });
        String type = parameters.get("e");
        if (type == null || type.isEmpty()) {
            fail("e", "event", "it is missing; expected the type of the event: " + AtomicType.EVENT.expected());
        }
    }

    /**
     * Returns whether another parameter for the same field takes precedence, for example a network user id set by the
     * page.
     */
    private static boolean isOverruled(AtomicFields.Rule rule, Map<String, String> parameters) {
        String other = rule.overruledBy() == null ? null : parameters.get(rule.overruledBy());
        return other != null && !other.isEmpty();
    }

    private void parameter(AtomicFields.Rule rule, String text) {
        Object value = rule.type().parse(text);
        if (value == AtomicType.ABSENT) {
            return;
        }
        if (value == null) {
            fail(
                    rule.parameter(),
                    rule.field(),
                    "\"" + Excerpt.of(text, 100) + "\" is not " + rule.type().expected());
        } else if (value instanceof String read
                && read.length() > rule.maxLength()
                && read.codePointCount(0, read.length()) > rule.maxLength()) {
            fail(
                    rule.parameter(),
                    rule.field(),
                    read.codePointCount(0, read.length()) + " characters, expected " + rule.maxLength() + " at most");
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
        absent("network_userid", context.userId());
        fields.set("v_collector", COLLECTOR_VERSION);
        fields.set("v_etl", PIPELINE_VERSION);
    }

    /** Reads the page URL from the parameter {@code url}, or without it from the request's own Referer header. */
    private void page(RawEvent raw) {
        String sent = raw.parameters().get("url");
        boolean isSent = sent != null && !sent.isEmpty();
        if (!isSent) {
            absent("page_url", raw.payload().context().refererUri());
        }
        UrlParts parts = parts("page_url", isSent ? "parameter url (page_url)" : "header Referer (page_url)");
        if (parts == null) {
            return;
        }
        fields.set("page_url", parts.url());
        fields.set("page_urlscheme", parts.scheme());
        fields.set("page_urlhost", parts.host());
        fields.set("page_urlport", parts.port());
        fields.set("page_urlpath", parts.path());
        fields.set("page_urlquery", parts.query());
        fields.set("page_urlfragment", parts.fragment());
        if (parts.query() != null) {
            PageQuery query = PageQuery.of(parts.query());
            CampaignParameters.read(query, fields);
            crossDomain(query.get(CROSS_DOMAIN_PARAMETER));
        }
    }

    private void referrer() {
        UrlParts parts = parts("page_referrer", "parameter refr (page_referrer)");
        if (parts == null) {
            return;
        }
        fields.set("refr_urlscheme", parts.scheme());
        fields.set("refr_urlhost", parts.host());
        fields.set("refr_urlport", parts.port());
        fields.set("refr_urlpath", parts.path());
        fields.set("refr_urlquery", parts.query());
        fields.set("refr_urlfragment", parts.fragment());
    }

    private @Nullable UrlParts parts(String field, String where) {
        String address = fields.text(field);
        if (address == null || address.isBlank()) {
            return null;
        }
        try {
            return UrlParts.of(address);
        } catch (URISyntaxException e) {
            // Do not quote the URL: it may contain personal data. It is still in the parameters.
            String message = "it is not a valid URL, at character " + e.getIndex() + ": " + e.getReason();
            failures.add(Failure.of(Failure.Step.ATOMIC, where, message));
            return null;
        }
    }

    /**
     * Reads the visitor's id on the page whose link led here, and the time when the link was followed. The format is
     * {@code id.milliseconds}; anything after another dot belongs to a separate enrichment and is ignored.
     */
    private void crossDomain(@Nullable String value) {
        if (value == null || value.isEmpty()) {
            return;
        }
        String[] parts = value.split("\\.", 3);
        absent("refr_domain_userid", parts[0]);
        if (parts.length > 1 && !parts[1].isEmpty()) {
            Object time = AtomicType.TIMESTAMP.parse(parts[1]);
            if (time == null) {
                String message = "what follows the first dot is not " + AtomicType.TIMESTAMP.expected();
                failures.add(Failure.of(Failure.Step.ATOMIC, "_sp in page_url (refr_dvce_tstamp)", message));
            }
            fields.set("refr_dvce_tstamp", time);
        }
    }

    private void times(Instant received) {
        Instant collected = received.truncatedTo(ChronoUnit.MILLIS);
        fields.set("collector_tstamp", collected);
        Instant created = fields.time("dvce_created_tstamp");
        Instant sent = fields.time("dvce_sent_tstamp");
        Instant truth = fields.time("true_tstamp");
        Instant derived = collected;
        if (truth != null) {
            derived = truth;
        } else if (created != null && sent != null && created.isBefore(sent)) {
            derived = collected.minus(Duration.between(created, sent));
        }
        if (!AtomicType.hasFourDigitYear(derived)) {
            fail(null, "derived_tstamp", "dtm and stm are too far apart: it would be " + derived);
            derived = collected;
        }
        fields.set("derived_tstamp", derived);
    }

    /** Sets the fields that name the event's schema. */
    static void name(AtomicValues fields, @Nullable UnstructEvent unstruct) {
        SchemaKey schema = schema(fields, unstruct);
        fields.set("event_vendor", schema.vendor());
        fields.set("event_name", schema.name());
        fields.set("event_format", schema.format());
        fields.set(
                "event_version",
                schema.equals(STRUCT) ? STRUCT_VERSION : schema.version().toString());
    }

    private void lengths() {
        for (AtomicFields.Length length : AtomicFields.LENGTHS) {
            if (fields.get(length.ordinal()) instanceof String text
                    && text.length() > length.most()
                    && text.codePointCount(0, text.length()) > length.most()) {
                int characters = text.codePointCount(0, text.length());
                fail(null, length.field(), characters + " characters, expected " + length.most() + " at most");
            }
        }
    }

    private void absent(String field, @Nullable String value) {
        if (value != null) {
            String clean = ControlCharacters.removed(value);
            if (!clean.isEmpty()) {
                fields.setIfAbsent(field, clean);
            }
        }
    }

    private void fail(@Nullable String parameter, String field, String message) {
        String where = parameter == null ? "field " + field : "parameter " + parameter + " (" + field + ")";
        failures.add(Failure.of(Failure.Step.ATOMIC, where, message));
    }
}
