package dev.internalevents.lake;

import dev.internalevents.protocol.Json;
import dev.internalevents.protocol.MalformedPayloadException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/** The properties that a JSON Schema lists at its top level, as far as they can be columns. */
final class JsonSchemaFields {

    /** Names that every engine reads without quotes of its own. */
    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,99}");

    private JsonSchemaFields() {}

    /** Returns the fields by name, in the order of the schema; empty if the text is not a schema of objects. */
    static Map<String, Kind> of(String schema) {
        Object parsed;
        try {
            parsed = Json.parse(schema);
        } catch (MalformedPayloadException e) {
            return Map.of();
        }
        Map<String, Kind> fields = new LinkedHashMap<>();
        if (parsed instanceof Map<?, ?> object && object.get("properties") instanceof Map<?, ?> properties) {
            properties.forEach((name, property) -> {
                if (NAME.matcher((String) name).matches()) {
                    Object type = property instanceof Map<?, ?> described ? described.get("type") : null;
                    fields.put((String) name, Kind.ofJsonSchema(type));
                }
            });
        }
        return fields;
    }
}
