package dev.internalevents.iglu;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonPointer;
import tools.jackson.databind.JsonNode;

/**
 * Finds circular references: schemas that apply themselves, through {@code $ref}, to the same value again, so that
 * checking would never end. A {@code $ref} to an enclosing schema for an inner value is not circular. Linear in the
 * size of the schema.
 */
final class RefCircles {

    /** The maximum number of schemas that apply to the same value by referring to one another. */
    private static final int MAX_CHAIN = 500;

    private static final List<String> SAME_VALUE = List.of("allOf", "anyOf", "oneOf", "not");
    private static final List<String> INNER_VALUES = List.of(
            "properties", "patternProperties", "additionalProperties", "items", "additionalItems", "dependencies");

    private final JsonNode root;
    private final Map<String, JsonNode> byId = new HashMap<>();
    /** The number of schemas that apply to the same value from a schema on; 0 while it is being determined. */
    private final IdentityHashMap<JsonNode, Integer> chains = new IdentityHashMap<>();

    private final Deque<JsonNode> toVisit = new ArrayDeque<>();

    private RefCircles(JsonNode root) {
        this.root = root;
    }

    /**
     * Returns what is wrong with the schema's references, as the end of a sentence about the schema; null if nothing
     * is.
     */
    static @Nullable String find(JsonNode schema) {
        return new RefCircles(schema).find();
    }

    private @Nullable String find() {
        collectIds();
        toVisit.add(root);
        while (!toVisit.isEmpty()) {
            String wrong = follow(toVisit.remove());
            if (wrong != null) {
                return wrong;
            }
        }
        return null;
    }

    private record Step(JsonNode schema, List<JsonNode> sameValue, Iterator<JsonNode> left) {}

    /** Searches depth first, on an explicit stack, because the depth of a schema is untrusted input. */
    private @Nullable String follow(JsonNode from) {
        if (chains.containsKey(from)) {
            return null;
        }
        Deque<Step> path = new ArrayDeque<>();
        path.push(step(from));
        while (!path.isEmpty()) {
            Step step = path.element();
            if (step.left().hasNext()) {
                JsonNode next = step.left().next();
                Integer known = chains.get(next);
                if (known == null) {
                    path.push(step(next));
                } else if (known == 0) {
                    return "its references ($ref) are circular";
                }
            } else {
                path.pop();
                int longest = step.sameValue().stream()
                        .mapToInt(next -> chains.getOrDefault(next, 0))
                        .max()
                        .orElse(0);
                chains.put(step.schema(), longest + 1);
                if (longest >= MAX_CHAIN) {
                    return "more than " + MAX_CHAIN + " of its schemas apply to one value, by reference to one another";
                }
            }
        }
        return null;
    }

    private Step step(JsonNode schema) {
        chains.put(schema, 0);
        List<JsonNode> sameValue = new ArrayList<>();
        JsonNode ref = schema.get("$ref");
        JsonNode target = ref != null && ref.isString() ? resolve(ref.asString()) : null;
        if (target != null) {
            sameValue.add(target);
        }
        for (String keyword : SAME_VALUE) {
            add(schema.get(keyword), sameValue);
        }
        JsonNode dependencies = schema.get("dependencies");
        if (dependencies != null && dependencies.isObject()) {
            dependencies.values().stream().filter(JsonNode::isObject).forEach(sameValue::add);
        }
        for (String keyword : INNER_VALUES) {
            JsonNode inner = schema.get(keyword);
            if (inner != null && inner.isObject()) {
                toVisit.add(inner);
                inner.values().stream().filter(JsonNode::isObject).forEach(toVisit::add);
            } else {
                add(inner, toVisit);
            }
        }
        return new Step(schema, sameValue, sameValue.iterator());
    }

    private static void add(@Nullable JsonNode schemas, java.util.Collection<JsonNode> to) {
        if (schemas != null && schemas.isObject()) {
            to.add(schemas);
        } else if (schemas != null && schemas.isArray()) {
            schemas.values().stream().filter(JsonNode::isObject).forEach(to::add);
        }
    }

    /** Returns null for references that cannot be resolved here; the validator rejects them. */
    private @Nullable JsonNode resolve(String ref) {
        JsonNode named = byId.get(ref);
        if (named != null) {
            return named;
        }
        JsonPointer pointer = pointer(ref);
        JsonNode target = pointer == null ? null : root.at(pointer);
        return target != null && target.isObject() ? target : null;
    }

    /** Returns the place within the same schema that a reference points to; null if there is none. */
    static @Nullable JsonPointer pointer(String ref) {
        if (!ref.startsWith("#")) {
            return null;
        }
        try {
            return JsonPointer.compile(URLDecoder.decode(ref.substring(1).replace("+", "%2B"), StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private void collectIds() {
        Deque<JsonNode> nodes = new ArrayDeque<>(List.of(root));
        while (!nodes.isEmpty()) {
            JsonNode node = nodes.remove();
            JsonNode id = node.get("id");
            if (node.isObject() && id != null && id.isString()) {
                byId.putIfAbsent(id.asString(), node);
            }
            nodes.addAll(node.values());
        }
    }
}
