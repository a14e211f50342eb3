package dev.internalevents.protocol;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The contexts of an event, sent as {@code co} (plain JSON) or {@code cx} (base64).
 *
 * @param list in the order sent
 */
public record Contexts(List<SelfDescribingJson> list) {

    /** The schema of the envelope that is written. */
    public static final SchemaKey SCHEMA = SchemaKey.of("com.snowplowanalytics.snowplow", "contexts", "1-0-1");

    private static final SchemaKey OF_ONE_OR_MORE = SchemaKey.of("com.snowplowanalytics.snowplow", "contexts", "1-0-0");

    public static final Contexts NONE = new Contexts(List.of());

    /** Bytes of an envelope without contexts. */
    private static final int EMPTY_BYTES =
            "{\"schema\":\"\",\"data\":[]}".length() + SCHEMA.toString().length();

    public Contexts {
        list = List.copyOf(list);
    }

    public static Contexts of(SelfDescribingJson... contexts) {
        return new Contexts(List.of(contexts));
    }

    /**
     * Parses the value of {@code co}.
     *
     * @throws MalformedPayloadException if it is not the envelope {@code contexts/1-0-0} or {@code 1-0-1} around
     *     self-describing JSONs, or is nested deeper than {@value Json#MAX_ENTITY_DEPTH}
     */
    public static Contexts fromJson(String json) {
        return fromJson(json, EnvelopeVersions.PUBLISHED);
    }

    static Contexts fromJson(String json, EnvelopeVersions versions) {
        return of(Json.parseEntity(json), versions);
    }

    private static Contexts of(@Nullable Object json, EnvelopeVersions versions) {
        SelfDescribingJson envelope = versions.open(json, "the envelope", SCHEMA);
        if (!(envelope.data() instanceof List<?> items)) {
            throw new MalformedPayloadException(
                    "the envelope's data is not an array but " + SelfDescribingJson.kind(envelope.data()));
        }
        if (items.isEmpty()
                && versions == EnvelopeVersions.PUBLISHED
                && envelope.schema().equals(OF_ONE_OR_MORE)) {
            throw new MalformedPayloadException("the envelope's data is empty; " + OF_ONE_OR_MORE
                    + " has one context or more, " + SCHEMA + " may have none");
        }
        List<SelfDescribingJson> contexts = new ArrayList<>(items.size());
        for (int i = 0; i < items.size(); i++) {
            contexts.add(SelfDescribingJson.of(items.get(i), "the context at /data/" + i));
        }
        return new Contexts(contexts);
    }

    /** Parses the value of {@code cx}; throws as {@link #fromJson}. */
    public static Contexts fromBase64(String base64) {
        return fromBase64(base64, EnvelopeVersions.PUBLISHED);
    }

    static Contexts fromBase64(String base64, EnvelopeVersions versions) {
        return of(Json.parseEntityFromBase64(base64), versions);
    }

    public boolean isEmpty() {
        return list.isEmpty();
    }

    /** Returns the envelope as a tree of {@link Json}. */
    public Map<String, @Nullable Object> toMap() {
        return new SelfDescribingJson(
                        SCHEMA,
                        Json.immutable(
                                list.stream().map(SelfDescribingJson::toMap).toList()))
                .toMap();
    }

    /**
     * Returns the number of bytes that {@link #writeTo} writes.
     *
     * @param enough counting may stop once the result exceeds this number; a higher result is not exact
     */
    long size(long enough) {
        // Each context counts its comma, which the last one does not have.
        long sum = list.isEmpty() ? EMPTY_BYTES : EMPTY_BYTES - 1L;
        for (int i = 0; i < list.size() && sum <= enough; i++) {
            sum += 1 + list.get(i).size(enough - sum);
        }
        return sum;
    }

    /** Writes the envelope. */
    public void writeTo(JsonWriter out) {
        out.beginObject().name("schema").string(SCHEMA.toString()).name("data").beginArray();
        list.forEach(context -> context.writeTo(out));
        out.endArray().endObject();
    }
}
