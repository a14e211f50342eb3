package dev.internalevents.protocol;

import org.jspecify.annotations.Nullable;

/**
 * Selects the accepted versions of the envelopes that trackers wrap events in ({@code payload_data}, {@code contexts},
 * {@code unstruct_event}).
 */
public enum EnvelopeVersions {

    /**
     * The published versions: {@code payload_data} 1-0-0 to 1-0-4, {@code contexts} 1-0-0 and 1-0-1,
     * {@code unstruct_event} 1-0-0.
     */
    PUBLISHED,

    /** Every version of model 1, whether it exists or not. */
    ALL_OF_MODEL_1;

    /**
     * Opens an envelope.
     *
     * @param json the envelope, as a tree of {@link Json}
     * @param where what it is, for error messages: "the body"
     * @param newest the newest published version; the others have the same revision and a smaller addition
     * @throws MalformedPayloadException if it is not self-describing, or has another schema or a version that is not
     *     accepted
     */
    SelfDescribingJson open(@Nullable Object json, String where, SchemaKey newest) {
        SelfDescribingJson envelope = SelfDescribingJson.of(json, where);
        SchemaKey schema = envelope.schema();
        if (!isAccepted(schema, newest)) {
            throw new MalformedPayloadException(where + "'s schema is " + schema + ", expected " + newest
                    + (schema.isSameSchemaAs(newest) && this == PUBLISHED ? "; there is no such version" : ""));
        }
        return envelope;
    }

    private boolean isAccepted(SchemaKey schema, SchemaKey newest) {
        SchemaVersion version = schema.version();
        return schema.isSameSchemaAs(newest)
                && version.model() == 1
                && (this == ALL_OF_MODEL_1
                        || (version.revision() == newest.version().revision()
                                && version.addition() <= newest.version().addition()));
    }
}
