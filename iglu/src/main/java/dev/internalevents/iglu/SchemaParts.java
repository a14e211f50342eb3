package dev.internalevents.iglu;

import java.util.function.BiConsumer;
import tools.jackson.databind.JsonNode;

/** Goes through the schemas within a schema. */
public final class SchemaParts {

    private SchemaParts() {}

    /**
     * Visits a schema and all schemas within it, each with its place as a JSON pointer; the schema itself, at the empty
     * pointer, first. Other values, such as those of {@code enum}, are not visited.
     */
    public static void forEach(JsonNode schema, BiConsumer<String, JsonNode> visitor) {
        SubSchemas.of(schema).forEach(part -> visitor.accept(part.pointer(), part.node()));
    }

    /** Returns one name as a part of a JSON pointer. */
    public static String escape(String name) {
        return SubSchemas.escape(name);
    }
}
