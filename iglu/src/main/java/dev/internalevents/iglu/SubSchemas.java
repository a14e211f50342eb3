package dev.internalevents.iglu;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonPointer;
import tools.jackson.databind.JsonNode;

/**
 * Lists the schemas within a schema with their locations. The schema itself comes first, then those under draft 4's
 * keywords, then those that only a {@code $ref} leads to, because they are under another keyword.
 */
final class SubSchemas {

    /** Keywords whose value is a schema, or an array of schemas. */
    static final List<String> SCHEMAS =
            List.of("items", "additionalItems", "additionalProperties", "allOf", "anyOf", "oneOf", "not");

    /** Keywords whose value is an object of schemas. */
    static final List<String> MAPS = List.of("properties", "patternProperties", "definitions", "dependencies");

    private SubSchemas() {}

    /**
     * One schema within the root.
     *
     * @param parent the enclosing schema; null for the root and for one that only a {@code $ref} leads to
     * @param place its location in the parent, as a JSON pointer
     * @param node the schema, an object
     */
    record At(@Nullable At parent, String place, JsonNode node) {

        /** Returns its location in the root as a JSON pointer; built on demand, because it is long in a deep schema. */
        String pointer() {
            Deque<String> places = new ArrayDeque<>();
            for (At at = this; at != null; at = at.parent()) {
                places.push(at.place());
            }
            return String.join("", places);
        }
    }

    /** Lists the schemas; uses a queue instead of recursion, because the depth of a schema is untrusted input. */
    static List<At> of(JsonNode root) {
        List<At> all = new ArrayList<>();
        Deque<At> next = new ArrayDeque<>();
        add(new At(null, "", root), next);
        addInner(next, all, null);
        if (all.stream().anyMatch(schema -> schema.node().has("$ref"))) {
            addReferred(root, all);
        }
        return all;
    }

    /** Returns the schemas that only a {@code $ref} leads to, without the schemas within them. */
    static List<At> referred(List<At> all) {
        return all.stream()
                .filter(schema -> schema.parent() == null && !schema.place().isEmpty())
                .toList();
    }

    private static void addReferred(JsonNode root, List<At> all) {
        Set<JsonNode> known = Collections.newSetFromMap(new IdentityHashMap<>());
        all.forEach(schema -> known.add(schema.node()));
        // The list grows during the loop.
        for (int i = 0; i < all.size(); i++) {
            JsonNode ref = all.get(i).node().get("$ref");
            JsonPointer pointer = ref == null || !ref.isString() ? null : RefCircles.pointer(ref.asString());
            if (pointer == null) {
                continue;
            }
            JsonNode target = root.at(pointer);
            if (target.isObject() && known.add(target)) {
                addInner(new ArrayDeque<>(List.of(new At(null, pointer.toString(), target))), all, known);
            }
        }
    }

    /** Adds schemas and the schemas within them, except known ones. */
    private static void addInner(Deque<At> next, List<At> all, @Nullable Set<JsonNode> known) {
        int first = all.size();
        while (!next.isEmpty()) {
            At schema = next.remove();
            if (known != null && all.size() > first && !known.add(schema.node())) {
                continue;
            }
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

    /** Returns a name escaped as one part of a JSON pointer. */
    static String escape(String name) {
        return name.replace("~", "~0").replace("/", "~1");
    }
}
