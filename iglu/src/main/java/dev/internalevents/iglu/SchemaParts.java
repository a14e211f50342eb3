package dev.internalevents.iglu;

import java.util.function.BiConsumer;
import tools.jackson.databind.JsonNode;

/** Visits the schemas within a schema. */
public final class SchemaParts {

    private SchemaParts() {}

    /**
     * Visits a schema and all schemas within it, each with its location as a JSON pointer. The schema itself comes
     * first, with the empty pointer. Other values, such as those of {@code enum}, are not visited.
     */
    public static void forEach(JsonNode schema, BiConsumer<String, JsonNode> visitor) {
        SubSchemas.of(schema).forEach(part -> visitor.accept(part.pointer(), part.node()));
    }

    /** Returns a name escaped as one part of a JSON pointer. */
    public static String escape(String name) {
        return SubSchemas.escape(name);
    }
}
