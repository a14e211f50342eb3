package dev.internalevents.protocol;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Data that names its own schema: {@code {"schema":"iglu:…","data":…}}.
 *
 * @param schema the schema that the data claims to follow
 * @param data the data, as an immutable tree of {@link Json}
 */
public record SelfDescribingJson(SchemaKey schema, @Nullable Object data) {

    /** Bytes of the object without its two values. */
    private static final int MEMBERS_BYTES = "{\"schema\":,\"data\":}".length();

    public SelfDescribingJson {
        Objects.requireNonNull(schema, "schema");
        data = Json.copyOf(data);
    }

    /**
     * Reads an object with exactly the keys {@code schema} and {@code data}.
     *
     * @param json a tree of {@link Json}
     * @param where what the value is, for error messages: "the context at /data/0"
     * @throws MalformedPayloadException if it is anything else
     */
    public static SelfDescribingJson of(@Nullable Object json, String where) {
        if (!(json instanceof Map<?, ?> object)) {
            throw new MalformedPayloadException(
                    where + " is not an object with \"schema\" and \"data\" but " + kind(json));
        }
        for (Object key : object.keySet()) {
            if (!"schema".equals(key) && !"data".equals(key)) {
                throw new MalformedPayloadException(where + " has the key \"" + Abbreviated.of((String) key)
                        + "\"; a self-describing JSON has only \"schema\" and \"data\"");
            }
        }
        if (!(object.get("schema") instanceof String schema)) {
            throw new MalformedPayloadException(where
                    + " has no \"schema\", which must be an Iglu URI such as iglu:com.acme/event/jsonschema/1-0-0");
        }
        if (!object.containsKey("data")) {
            throw new MalformedPayloadException(where + " has no \"data\"");
        }
        try {
            return new SelfDescribingJson(SchemaKey.parse(schema), object.get("data"));
        } catch (IllegalArgumentException e) {
            throw new MalformedPayloadException(where + ": " + e.getMessage(), e);
        }
    }

    /** Returns the object with both keys, as a tree of {@link Json}. */
    public Map<String, @Nullable Object> toMap() {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("schema", schema.toString());
        map.put("data", data);
        return map;
    }

    /** Writes the object with both keys. */
    public void writeTo(JsonWriter out) {
        out.beginObject()
                .name("schema")
                .string(schema.toString())
                .name("data")
                .value(data)
                .endObject();
    }

    /**
     * Returns the number of bytes that {@link #writeTo} writes.
     *
     * @param enough counting may stop once the result exceeds this number; a higher result is not exact
     */
    public long size(long enough) {
        long around = MEMBERS_BYTES + JsonWriter.size(schema.toString(), enough);
        return around + JsonWriter.size(data, enough - around);
    }

    static String kind(@Nullable Object json) {
        if (json == null) {
            return "null";
        } else if (json instanceof String) {
            return "a string";
        } else if (json instanceof Number) {
            return "a number";
        } else if (json instanceof Boolean) {
            return "a boolean";
        }
        return json instanceof Map ? "an object" : "an array";
    }
}
