package dev.internalevents.protocol;

import org.jspecify.annotations.Nullable;

/**
 * A self-describing event, sent as {@code ue_pr} (plain JSON) or {@code ue_px} (base64).
 *
 * @param event the event with its own schema
 */
public record UnstructEvent(SelfDescribingJson event) {

    /** The schema of the envelope. */
    public static final SchemaKey SCHEMA = SchemaKey.of("com.snowplowanalytics.snowplow", "unstruct_event", "1-0-0");

    /**
     * Parses the value of {@code ue_pr}.
     *
     * @throws MalformedPayloadException if it is not the envelope {@code unstruct_event/1-0-0} around a self-describing
     *     JSON, or is nested deeper than {@value Json#MAX_ENTITY_DEPTH}
     */
    public static UnstructEvent fromJson(String json) {
        return fromJson(json, EnvelopeVersions.PUBLISHED);
    }

    static UnstructEvent fromJson(String json, EnvelopeVersions versions) {
        return of(Json.parseEntity(json), versions);
    }

    private static UnstructEvent of(@Nullable Object json, EnvelopeVersions versions) {
        SelfDescribingJson envelope = versions.open(json, "the envelope", SCHEMA);
        return new UnstructEvent(SelfDescribingJson.of(envelope.data(), "the event at /data"));
    }

    /** Parses the value of {@code ue_px}; throws as {@link #fromJson}. */
    public static UnstructEvent fromBase64(String base64) {
        return fromBase64(base64, EnvelopeVersions.PUBLISHED);
    }

    static UnstructEvent fromBase64(String base64, EnvelopeVersions versions) {
        return of(Json.parseEntityFromBase64(base64), versions);
    }

    /** Writes the envelope. */
    public void writeTo(JsonWriter out) {
        out.beginObject().name("schema").string(SCHEMA.toString()).name("data");
        event.writeTo(out);
        out.endObject();
    }
}
