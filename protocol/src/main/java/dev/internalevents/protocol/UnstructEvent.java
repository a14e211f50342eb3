package dev.internalevents.protocol;

import org.jspecify.annotations.Nullable;

/**
 * A self-describing event, sent as {@code ue_pr} (plain JSON) or {@code ue_px} (base64).
 *
 * @param event the event with its own schema
 */
public record UnstructEvent(SelfDescribingJson event) {

    /** The envelope. */
    public static final SchemaKey SCHEMA = SchemaKey.of("com.snowplowanalytics.snowplow", "unstruct_event", "1-0-0");

    /**
     * Reads the value of {@code ue_pr}.
     *
     * @throws MalformedPayloadException when it is not the envelope {@code unstruct_event/1-0-0} around a
     *     self-describing JSON, or is nested deeper than {@value Json#MAX_ENTITY_DEPTH}
     */
    public static UnstructEvent fromJson(String json) {
        return of(Json.parseEntity(json));
    }

    private static UnstructEvent of(@Nullable Object json) {
        SelfDescribingJson envelope = SelfDescribingJson.of(json, "the envelope");
        if (!envelope.schema().isSameSchemaAs(SCHEMA)
                || envelope.schema().version().model() != 1) {
            throw new MalformedPayloadException(
                    "the envelope's schema is " + envelope.schema() + ", expected " + SCHEMA);
        }
        return new UnstructEvent(SelfDescribingJson.of(envelope.data(), "the event at /data"));
    }

    /** Reads the value of {@code ue_px}; throws as {@link #fromJson}. */
    public static UnstructEvent fromBase64(String base64) {
        return of(Json.parseEntityFromBase64(base64));
    }

    /** Writes the envelope. */
    public void writeTo(JsonWriter out) {
        out.beginObject().name("schema").string(SCHEMA.toString()).name("data");
        event.writeTo(out);
        out.endObject();
    }
}
