package dev.internalevents.iglu;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The schemas within a schema, itself first, each with its place. */
final class SubSchemas {

    /** Keywords whose value is a schema, or an array of schemas. */
    static final List<String> SCHEMAS =
            List.of("items", "additionalItems", "additionalProperties", "allOf", "anyOf", "oneOf", "not");

    /** Keywords whose value is an object of schemas. */
    static final List<String> MAPS = List.of("properties", "patternProperties", "definitions", "dependencies");

    private SubSchemas() {}

    /**
     * One of them.
     *
     * @param parent the schema around it; null for the root
     * @param place where it is in that, as a JSON pointer
     * @param node an object
     */
    record At(@Nullable At parent, String place, JsonNode node) {

        /** Its place in the root as a JSON pointer, made when it is asked for: places are long where schemas are deep. */
        String pointer() {
            Deque<String> places = new ArrayDeque<>();
            for (At at = this; at != null; at = at.parent()) {
                places.push(at.place());
            }
            return String.join("", places);
        }
    }

    /** Goes through them on a queue: the schema's author decides how deep they are. */
    static List<At> of(JsonNode root) {
        List<At> all = new ArrayList<>();
        Deque<At> next = new ArrayDeque<>();
        add(new At(null, "", root), next);
        while (!next.isEmpty()) {
            At schema = next.remove();
            all.add(schema);
            for (String keyword : SCHEMAS) {
                inner(schema, keyword, next);
            }
            for (String keyword : MAPS) {
                JsonNode map = schema.node().get(keyword);
                if (map != null && map.isObject()) {
                    for (Map.Entry<String, JsonNode> entry : map.properties()) {
                        add(new At(schema, "/" + keyword + "/" + escape(entry.getKey()), entry.getValue()), next);
                    }
                }
            }
        }
        return all;
    }

    private static void inner(At schema, String keyword, Deque<At> next) {
        JsonNode value = schema.node().get(keyword);
        if (value == null) {
            return;
        }
        add(new At(schema, "/" + keyword, value), next);
        if (value.isArray()) {
            for (int i = 0; i < value.size(); i++) {
                add(new At(schema, "/" + keyword + "/" + i, value.get(i)), next);
            }
        }
    }

    private static void add(At schema, Deque<At> next) {
        if (schema.node().isObject()) {
            next.add(schema);
        }
    }

    /** One name as a part of a JSON pointer. */
    static String escape(String name) {
        return name.replace("~", "~0").replace("/", "~1");
    }
}
