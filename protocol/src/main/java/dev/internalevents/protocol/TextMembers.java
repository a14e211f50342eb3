package dev.internalevents.protocol;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;

/** Reads some members of a JSON object, without building anything for the others. */
final class TextMembers {

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNumberLength(Integer.MAX_VALUE)
                    .maxNameLength(Integer.MAX_VALUE)
                    .maxStringLength(Integer.MAX_VALUE)
                    .build())
            .build();

    private TextMembers() {}

    /**
     * Returns those of the members that are a text, a number or a boolean. Reads no further than the last of them.
     *
     * @param json contains the object, in UTF-8
     * @throws MalformedPayloadException if the part that was read is not JSON
     */
    static Map<String, String> of(byte[] json, int from, int length, Set<String> names) {
        Map<String, String> found = new HashMap<>();
        try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), json, from, length)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return found;
            }
            while (found.size() < names.size() && parser.nextToken() == JsonToken.PROPERTY_NAME) {
                String name = parser.currentName();
                JsonToken value = parser.nextToken();
                if (names.contains(name) && value.isScalarValue() && value != JsonToken.VALUE_NULL) {
                    found.put(name, parser.getString());
                } else {
                    parser.skipChildren();
                }
            }
            return found;
        } catch (JacksonException e) {
            throw new MalformedPayloadException("not JSON: " + e.getOriginalMessage(), e);
        }
    }
}
