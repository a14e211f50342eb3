package dev.internalevents.definitions.yaml;

import dev.internalevents.definitions.yaml.YamlValue.Entry;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.DocumentStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingEndEvent;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.events.SequenceEndEvent;
import org.snakeyaml.engine.v2.events.SequenceStartEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/**
 * Parses a YAML document into values with line numbers. Rejects what definitions do not need, and what could make a
 * small file expand: anchors and aliases, tags, several documents, duplicate keys, keys that are not texts, deep
 * nesting.
 */
public final class YamlFile {

    /** The maximum length of a file in characters: {@value}. */
    public static final int MAX_LENGTH = 256 * 1024;

    private static final int MAX_DEPTH = 16;
    private static final CoreSchema SCHEMA = new CoreSchema();

    private final Iterator<Event> events;

    private YamlFile(Iterator<Event> events) {
        this.events = events;
    }

    /**
     * Parses a text; returns {@link YamlValue.Nothing} for an empty one.
     *
     * @throws YamlSyntaxException with the line, and what to do
     */
    public static YamlValue parse(String text) throws YamlSyntaxException {
        if (text.length() > MAX_LENGTH) {
            throw new YamlSyntaxException(
                    1, "the file has " + text.length() + " characters; expected " + MAX_LENGTH + " at most");
        }
        refuseTabs(text);
        try {
            LoadSettings settings = LoadSettings.builder()
                    .setCodePointLimit(MAX_LENGTH)
                    .setSchema(SCHEMA)
                    .build();
            return new YamlFile(new Parse(settings).parseString(text).iterator()).document();
        } catch (MarkedYamlEngineException e) {
            int line = e.getProblemMark().map(Mark::getLine).orElse(0) + 1;
            throw new YamlSyntaxException(line, "not valid YAML: " + problem(e));
        } catch (YamlEngineException | NumberFormatException e) {
            // The parser throws NumberFormatException for an incomplete escape, such as a backslash and a u.
            throw new YamlSyntaxException(1, "not valid YAML: " + firstLine(String.valueOf(e.getMessage())));
        }
    }

    private static String problem(MarkedYamlEngineException e) {
        String context = e.getContext();
        return (context == null || context.isEmpty() ? "" : firstLine(context) + ", ")
                + firstLine(String.valueOf(e.getProblem()));
    }

    private static String firstLine(String text) {
        return text.lines().findFirst().orElse("");
    }

    /** Rejects tabs, because the parser's own message about a tab is hard to understand. */
    private static void refuseTabs(String text) throws YamlSyntaxException {
        int line = 1;
        boolean indentation = true;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\n') {
                line++;
                indentation = true;
            } else if (indentation && c == '\t') {
                throw new YamlSyntaxException(line, "indented with a tab; YAML is indented with spaces");
            } else if (c != ' ') {
                indentation = false;
            }
        }
    }

    private YamlValue document() throws YamlSyntaxException {
        YamlValue value = null;
        while (events.hasNext()) {
            Event event = events.next();
            if (event instanceof DocumentStartEvent) {
                if (value != null) {
                    throw new YamlSyntaxException(
                            line(event), "a second document begins with ---; expected one definition in a file");
                }
                value = value(events.next(), 0);
            }
        }
        return value == null ? new YamlValue.Nothing(1) : value;
    }

    private YamlValue value(Event event, int depth) throws YamlSyntaxException {
        int line = line(event);
        if (depth > MAX_DEPTH) {
            throw new YamlSyntaxException(line, "nested deeper than " + MAX_DEPTH + " levels");
        }
        if (event instanceof AliasEvent
                || (event instanceof NodeEvent node && node.getAnchor().isPresent())) {
            throw new YamlSyntaxException(
                    line, "anchors (&name) and aliases (*name) are not allowed in a definition; write the value out");
        }
        if (event instanceof ScalarEvent scalar) {
            return scalar(scalar, line);
        } else if (event instanceof SequenceStartEvent sequence) {
            refuseTag(sequence.getTag().orElse(null), line);
            return sequence(line, depth);
        } else if (event instanceof MappingStartEvent mapping) {
            refuseTag(mapping.getTag().orElse(null), line);
            return mapping(line, depth);
        }
        throw new YamlSyntaxException(line, "not valid YAML: expected a value");
    }

    private YamlValue sequence(int line, int depth) throws YamlSyntaxException {
        List<YamlValue> items = new ArrayList<>();
        for (Event next = events.next(); !(next instanceof SequenceEndEvent); next = events.next()) {
            items.add(value(next, depth + 1));
        }
        return new YamlValue.Sequence(line, List.copyOf(items));
    }

    private YamlValue mapping(int line, int depth) throws YamlSyntaxException {
        Map<String, Entry> entries = new LinkedHashMap<>();
        for (Event next = events.next(); !(next instanceof MappingEndEvent); next = events.next()) {
            YamlValue key = value(next, depth + 1);
            if (!(next instanceof ScalarEvent scalar)) {
                throw new YamlSyntaxException(key.line(), "a key must be a text, found " + key.describe());
            }
            String name = scalar.getValue();
            if (name.equals("<<")) {
                throw new YamlSyntaxException(
                        key.line(), "merges (<<) are not allowed in a definition; write the keys out");
            }
            Entry before = entries.putIfAbsent(name, new Entry(key.line(), value(events.next(), depth + 1)));
            if (before != null) {
                throw new YamlSyntaxException(
                        key.line(), "duplicate key \"" + name + "\", first on line " + before.line());
            }
        }
        return new YamlValue.Mapping(line, entries);
    }

    private static YamlValue scalar(ScalarEvent scalar, int line) throws YamlSyntaxException {
        String text = scalar.getValue();
        refuseTag(scalar.getTag().orElse(null), line);
        if (!scalar.isPlain()) {
            return new YamlValue.Text(line, text);
        }
        Tag tag = SCHEMA.getScalarResolver().resolve(text, true);
        if (tag.equals(Tag.NULL)) {
            return new YamlValue.Nothing(line);
        } else if (tag.equals(Tag.BOOL)) {
            return new YamlValue.Truth(line, Boolean.parseBoolean(text));
        } else if (tag.equals(Tag.INT) || tag.equals(Tag.FLOAT)) {
            return number(line, text);
        }
        return new YamlValue.Text(line, text);
    }

    /** Octal and hexadecimal numbers, infinities, and extremely long numbers are not needed here: they remain text. */
    private static YamlValue number(int line, String text) {
        if (text.length() <= 40 && text.matches("[-+]?[0-9.]+([eE][-+]?[0-9]{1,2})?")) {
            BigDecimal value = new BigDecimal(text);
            // Otherwise zero would keep its scale
            return new YamlValue.Numeric(
                    line, value.signum() == 0 ? BigDecimal.ZERO : value.stripTrailingZeros(), text);
        }
        return new YamlValue.Text(line, text);
    }

    private static void refuseTag(@Nullable String tag, int line) throws YamlSyntaxException {
        if (tag != null) {
            throw new YamlSyntaxException(line, "tags (" + tag + ") are not allowed in a definition");
        }
    }

    private static int line(Event event) {
        return event.getStartMark().map(Mark::getLine).orElse(0) + 1;
    }
}
