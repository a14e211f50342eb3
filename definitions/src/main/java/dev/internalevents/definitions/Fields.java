package dev.internalevents.definitions;

import dev.internalevents.definitions.yaml.YamlValue;
import dev.internalevents.definitions.yaml.YamlValue.Entry;
import dev.internalevents.definitions.yaml.YamlValue.Mapping;
import dev.internalevents.definitions.yaml.YamlValue.Nothing;
import dev.internalevents.definitions.yaml.YamlValue.Sequence;
import dev.internalevents.definitions.yaml.YamlValue.Text;
import dev.internalevents.definitions.yaml.YamlValue.Truth;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The keys of one map in a file; each look-up checks the type, and notes what is wrong. A key without a value is not there. */
final class Fields {

    private final Mapping map;
    private final String prefix;
    private final FileProblems problems;

    Fields(Mapping map, String prefix, FileProblems problems) {
        this.map = map;
        this.prefix = prefix;
        this.problems = problems;
    }

    /** Notes keys that nobody knows, and in one warning those that older files have. */
    void refuseOthers(Collection<String> known, Collection<String> old) {
        List<String> found = new ArrayList<>();
        map.entries().forEach((key, entry) -> {
            if (old.contains(key)) {
                found.add(key);
            } else if (!known.contains(key)) {
                String hint = NearestName.hint(key, known);
                problems.error(
                        entry.line(),
                        prefix + key,
                        "unknown key" + (hint.isEmpty() ? "; allowed: " + String.join(", ", known) : hint));
            }
        });
        if (!found.isEmpty()) {
            problems.warning(
                    line(found.get(0)),
                    "",
                    (found.size() == 1 ? "old key, not used any more: " : "old keys, not used any more: ")
                            + String.join(", ", found));
        }
    }

    /** The key as messages name it, with the place of this map in the file. */
    String key(String key) {
        return prefix + key;
    }

    boolean has(String key) {
        return value(key) != null;
    }

    /** The line of a key; of the map when it has no such key. */
    int line(String key) {
        Entry entry = map.entries().get(key);
        return entry == null ? map.line() : entry.line();
    }

    @Nullable
    YamlValue value(String key) {
        Entry entry = map.entries().get(key);
        return entry == null || entry.value() instanceof Nothing ? null : entry.value();
    }

    Optional<String> text(String key) {
        YamlValue value = value(key);
        return value == null ? Optional.empty() : Optional.ofNullable(textOf(value, prefix + key));
    }

    /** The text, or an empty one and an error. */
    String requiredText(String key) {
        YamlValue value = value(key);
        if (value == null) {
            missing(key);
            return "";
        }
        String text = textOf(value, prefix + key);
        if (text != null && text.isBlank()) {
            problems.error(value.line(), prefix + key, "is empty; a text is expected");
        }
        return text == null ? "" : text;
    }

    void missing(String key) {
        Entry entry = map.entries().get(key);
        problems.error(
                entry == null ? map.line() : entry.line(),
                prefix + key,
                entry == null ? "is missing; it is required" : "has no value; it is required");
    }

    Optional<Boolean> truth(String key) {
        YamlValue value = value(key);
        if (value instanceof Truth truth) {
            return Optional.of(truth.value());
        } else if (value != null) {
            expected("true or false", value, prefix + key);
        }
        return Optional.empty();
    }

    List<String> texts(String key) {
        List<String> texts = new ArrayList<>();
        items(key).forEach((at, item) -> {
            String text = textOf(item, at);
            if (text != null) {
                texts.add(text);
            }
        });
        return texts;
    }

    <E extends Enum<E> & Term> Optional<E> term(String key, Class<E> type) {
        YamlValue value = value(key);
        return value == null ? Optional.empty() : Optional.ofNullable(termOf(value, prefix + key, type));
    }

    <E extends Enum<E> & Term> Set<E> terms(String key, Class<E> type) {
        Set<E> terms = new LinkedHashSet<>();
        items(key).forEach((at, item) -> {
            E term = termOf(item, at, type);
            if (term != null && !terms.add(term)) {
                problems.error(item.line(), at, "\"" + term.term() + "\" is in the list twice");
            }
        });
        return terms;
    }

    Optional<Mapping> mapping(String key) {
        YamlValue value = value(key);
        if (value instanceof Mapping mapping) {
            return Optional.of(mapping);
        } else if (value != null) {
            expected("a map", value, prefix + key);
        }
        return Optional.empty();
    }

    /** The items of a list, each with its place as a key. */
    Map<String, YamlValue> items(String key) {
        YamlValue value = value(key);
        Map<String, YamlValue> items = new LinkedHashMap<>();
        if (value instanceof Sequence sequence) {
            for (YamlValue item : sequence.items()) {
                items.put(prefix + key + "[" + items.size() + "]", item);
            }
        } else if (value != null) {
            expected("a list", value, prefix + key);
        }
        return items;
    }

    @Nullable
    String textOf(YamlValue value, String key) {
        if (value instanceof Text text) {
            return text.value();
        }
        String written = value instanceof YamlValue.Numeric number
                ? number.written()
                : value instanceof Truth truth ? String.valueOf(truth.value()) : "";
        problems.error(
                value.line(),
                key,
                "expected a text, found " + value.describe()
                        + (written.isEmpty() ? "" : "; put it in quotes: \"" + written + "\""));
        return null;
    }

    <E extends Enum<E> & Term> @Nullable E termOf(YamlValue value, String key, Class<E> type) {
        List<String> allowed = Term.all(type);
        if (value instanceof Text text) {
            Optional<E> term = Term.find(type, text.value());
            if (term.isEmpty()) {
                term = OldTerms.now(text.value()).flatMap(now -> Term.find(type, now));
                term.ifPresent(now -> problems.warning(
                        value.line(), key, "old word \"" + text.value() + "\", read as \"" + now.term() + "\""));
            }
            if (term.isEmpty()) {
                problems.error(
                        value.line(),
                        key,
                        "\"" + text.value() + "\" is not allowed; allowed: " + String.join(", ", allowed)
                                + NearestName.hint(text.value(), allowed));
            }
            return term.orElse(null);
        }
        expected("one of " + String.join(", ", allowed), value, key);
        return null;
    }

    void expected(String what, YamlValue found, String key) {
        problems.error(found.line(), key, "expected " + what + ", found " + found.describe());
    }
}
