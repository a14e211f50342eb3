package dev.internalevents.definitions.read;

import dev.internalevents.definitions.Term;
import dev.internalevents.definitions.check.NearestName;
import dev.internalevents.definitions.yaml.YamlValue;
import dev.internalevents.definitions.yaml.YamlValue.Entry;
import dev.internalevents.definitions.yaml.YamlValue.Mapping;
import dev.internalevents.definitions.yaml.YamlValue.Nothing;
import dev.internalevents.definitions.yaml.YamlValue.Sequence;
import dev.internalevents.definitions.yaml.YamlValue.Text;
import dev.internalevents.definitions.yaml.YamlValue.Truth;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The keys of a map in a file. Each look-up checks the type and reports problems. A key without a value counts as
 * missing.
 *
 * @param prefix what precedes the keys in messages, such as {@code options.}
 */
record Fields(Mapping map, String prefix, FileProblems problems) {

    private static final Pattern MILESTONE = Pattern.compile("<?[0-9]+\\.[0-9]+");

    /** Reports unknown keys as errors, for maps in which ignoring a key would change what is counted. */
    void refuseOthers(Collection<String> known) {
        map.entries().forEach((key, entry) -> {
            if (!known.contains(key)) {
                problems.error(entry.line(), prefix + key, "unknown key" + hint(key, known));
            }
        });
    }

    /** Reports keys that are ignored: unknown ones, and in a single message those used only in older files. */
    void ignoreOthers(Collection<String> known, Collection<String> old) {
        List<String> found = new ArrayList<>();
        map.entries().forEach((key, entry) -> {
            if (old.contains(key)) {
                found.add(key);
            } else if (!known.contains(key)) {
                problems.refusedByGitLab(
                        entry.line(), prefix + key, "unknown key, which is ignored" + hint(key, known));
            }
        });
        if (!found.isEmpty()) {
            problems.refusedByGitLab(
                    line(found.get(0)),
                    "",
                    (found.size() == 1 ? "old key, no longer used: " : "old keys, no longer used: ")
                            + String.join(", ", found));
        }
    }

    private static String hint(String key, Collection<String> known) {
        String hint = NearestName.hint(key, known);
        return hint.isEmpty() ? "; allowed: " + String.join(", ", known) : hint;
    }

    /** Returns the key as messages name it, with the position of this map in the file. */
    String key(String key) {
        return prefix + key;
    }

    boolean has(String key) {
        return value(key) != null;
    }

    /** Returns the line of a key; that of the map if the key is missing. */
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

    /** Returns the text; if it is missing, reports an error and returns an empty text. */
    String requiredText(String key) {
        YamlValue value = value(key);
        if (value == null) {
            missing(key);
            return "";
        }
        String text = textOf(value, prefix + key);
        if (text != null && text.isBlank()) {
            problems.error(value.line(), prefix + key, "is empty; expected a text");
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

    /**
     * Reports in one message the missing keys that are optional here, but required by GitLab.
     *
     * @param withValue must have a value
     * @param present may have the value null
     */
    void requiredByGitLab(List<String> withValue, List<String> present) {
        List<String> missing = new ArrayList<>(withValue);
        missing.removeIf(this::has);
        present.stream().filter(key -> !map.entries().containsKey(key)).forEach(missing::add);
        if (!missing.isEmpty()) {
            problems.refusedByGitLab(map.line(), "", "missing, but required by GitLab: " + String.join(", ", missing));
        }
    }

    /** Returns a version such as {@code 18.1} or {@code <13.9}. A number is read as written: 18.10 is not 18.1. */
    Optional<String> milestone(String key) {
        YamlValue value = value(key);
        if (value instanceof YamlValue.Numeric number) {
            problems.refusedByGitLab(
                    value.line(),
                    prefix + key,
                    "expected a text, found " + value.describe() + "; put it in quotes: '" + number.written() + "'");
            return Optional.of(number.written());
        }
        Optional<String> milestone = text(key);
        milestone
                .filter(text -> !MILESTONE.matcher(text).matches())
                .ifPresent(text -> problems.refusedByGitLab(
                        line(key),
                        prefix + key,
                        "\"" + text + "\" is not a version; GitLab expects for example '18.1' or '<13.9'"));
        return milestone;
    }

    /** Returns the URL of a change or an issue. */
    Optional<String> url(String key) {
        Optional<String> url = text(key);
        url.filter(text -> !isUri(text))
                .ifPresent(text -> problems.refusedByGitLab(
                        line(key),
                        prefix + key,
                        "\"" + text + "\" is not a URL; GitLab expects for example https://example.com/1"));
        return url;
    }

    private static boolean isUri(String text) {
        try {
            return new URI(text).isAbsolute();
        } catch (URISyntaxException e) {
            return false;
        }
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

    /** Returns the items of a list by key and position. */
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
                term.ifPresent(now -> problems.refusedByGitLab(
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
