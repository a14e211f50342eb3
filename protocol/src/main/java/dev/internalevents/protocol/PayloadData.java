package dev.internalevents.protocol;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The body of a tracker's POST: a self-describing {@code payload_data} around flat objects, one for each event. */
public final class PayloadData {

    /** The schema that is written. */
    public static final SchemaKey SCHEMA = SchemaKey.of("com.snowplowanalytics.snowplow", "payload_data", "1-0-4");

    /** One element of the array. */
    public sealed interface Entry {}

    /** A flat object of strings. */
    public record Event(TrackerPayload payload) implements Entry {}

    /** Anything else; the reason says what was found and where. */
    public record Malformed(String reason) implements Entry {}

    private PayloadData() {}

    /**
     * Encodes events as the body of one request.
     *
     * @param events one or more
     */
    public static byte[] encode(List<TrackerPayload> events) {
        JsonWriter out = new JsonWriter(1024 * events.size());
        out.beginObject().name("schema").string(SCHEMA.toString()).name("data").beginArray();
        for (TrackerPayload event : events) {
            out.beginObject();
            event.parameters().forEach((name, value) -> out.name(name).string(value));
            out.endObject();
        }
        return out.endArray().endObject().toByteArray();
    }

    /**
     * Parses the body of a request. An element that is not an event does not affect the others, whatever it contains.
     * Half a surrogate pair, which scripts produce by cutting an emoji in two, is replaced by U+FFFD.
     *
     * @return one entry for each element, in order; at least one
     * @throws MalformedPayloadException if the body as a whole is not payload_data 1-0-0 to 1-0-4 with at least one
     *     element
     */
    public static List<Entry> decode(byte[] body) {
        return decode(body, EnvelopeVersions.PUBLISHED);
    }

    /** As {@link #decode(byte[])}, with the given versions of payload_data accepted. */
    public static List<Entry> decode(byte[] body, EnvelopeVersions versions) {
        SelfDescribingJson envelope = versions.open(Json.parsePayload(body), "the body", SCHEMA);
        if (!(envelope.data() instanceof List<?> items)) {
            throw new MalformedPayloadException(
                    "the body's data is not an array of events but " + SelfDescribingJson.kind(envelope.data()));
        }
        if (items.isEmpty()) {
            throw new MalformedPayloadException("the body's data is empty; expected at least one event");
        }
        List<Entry> entries = new ArrayList<>(items.size());
        for (int i = 0; i < items.size(); i++) {
            entries.add(entry(items.get(i), i));
        }
        return entries;
    }

    /**
     * Returns the number of events in a body without parsing them: the elements of its outermost array. The result is
     * arbitrary if the body is not payload_data.
     */
    public static int count(byte[] body) {
        return count(body, 2);
    }

    /**
     * Returns the number of elements of the arrays and objects at one level, without parsing them.
     *
     * @param level 1 for the elements of the outermost array or object
     */
    public static int count(byte[] body, int level) {
        int depth = 0;
        int commas = 0;
        boolean any = false;
        boolean text = false;
        for (int i = 0; i < body.length; i++) {
            byte c = body[i];
            if (text) {
                if (c == '\\') {
                    i++;
                } else if (c == '"') {
                    text = false;
                }
                continue;
            }
            switch (c) {
                case '"' -> {
                    text = true;
                    any |= depth == level;
                }
                case '{', '[' -> {
                    any |= depth == level;
                    depth++;
                }
                case '}', ']' -> depth--;
                case ',' -> commas += depth == level ? 1 : 0;
                default -> any |= depth == level && c > ' ';
            }
        }
        return any ? commas + 1 : 0;
    }

    private static Entry entry(@Nullable Object item, int index) {
        if (!(item instanceof Parsed.ParsedObject object)) {
            return new Malformed(
                    "/data/" + index + " is not a flat object of strings but " + SelfDescribingJson.kind(item));
        }
        Map<String, @Nullable Object> fields = object.fields();
        for (Map.Entry<String, @Nullable Object> field : fields.entrySet()) {
            if (!(field.getValue() instanceof String)) {
                return new Malformed("/data/" + index + "/" + Abbreviated.of(field.getKey()) + " is not a string but "
                        + SelfDescribingJson.kind(field.getValue()) + "; every parameter is sent as a string");
            }
        }
        return new Event(new TrackerPayload(TrackerPayload.Own.of(fields)));
    }
}
