package dev.internalevents.compatibility;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** One rule of {@code rules.yaml}; that file describes the keys. */
record Rule(String topic, JsonNode entry) {

    private static final Set<String> KEYS = Set.of(
            "rule",
            "send",
            "unstruct",
            "get",
            "post",
            "body",
            "type",
            "query",
            "headers",
            "with",
            "ask",
            "question",
            "good",
            "bad",
            "failed",
            "none",
            "count",
            "answers",
            "header",
            "withoutHeader",
            "says",
            "times",
            "before",
            "differs",
            "see");

    static List<Rule> all() {
        List<Rule> rules = new ArrayList<>();
        try (InputStream yaml = Objects.requireNonNull(Rule.class.getResourceAsStream("/rules.yaml"))) {
            for (JsonNode topic : new YAMLMapper().readTree(yaml)) {
                for (JsonNode entry : topic.path("rules")) {
                    rules.add(new Rule(topic.path("topic").asString(), entry));
                }
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return rules;
    }

    /** Returns the keys that the tests do not read; such a key would be a rule that is not checked. */
    Set<String> unknownKeys() {
        Set<String> keys = new TreeSet<>(entry.propertyNames());
        keys.removeAll(KEYS);
        return keys;
    }

    String words() {
        return entry.path("rule").asString();
    }

    @Nullable
    String text(String key) {
        return entry.has(key) ? entry.path(key).asString() : null;
    }

    boolean has(String key) {
        return entry.has(key);
    }

    JsonNode get(String key) {
        return entry.path(key);
    }

    Iterable<Map.Entry<String, JsonNode>> entries(String key) {
        return entry.path(key).properties();
    }

    int number(String key, int otherwise) {
        return entry.path(key).asInt(otherwise);
    }
}
