package dev.internalevents.client.settings;

import dev.internalevents.client.internal.http.EndpointList;
import dev.internalevents.client.internal.http.HttpEndpoint;
import dev.internalevents.protocol.Printable;
import java.net.URI;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Variables named {@code PREFIX_GROUP__NAME}, from the environment or, for those missing there, from a {@code .env}
 * file. Names are case-insensitive; an empty value counts as not set. Reading never throws: problems are collected, and
 * {@link #check()} throws them all at once; {@link #unknown(String)} lists variables that were not read.
 */
public final class Settings {

    private final String prefix;
    private final Map<String, String> variables = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    private final List<String> problems = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();
    private final List<Integer> ignoredLines;
    private final Set<String> read = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);

    private Settings(String prefix, Map<String, String> environment, DotEnv.Content file) {
        this.prefix = prefix;
        this.ignoredLines = file.ignoredLines();
        variables.putAll(file.variables());
        variables.putAll(environment);
    }

    /** Returns the settings of this process: its environment, and {@code .env} in its working directory. */
    public static Settings load(String prefix) {
        return load(prefix, System.getenv(), Path.of(""));
    }

    /**
     * Returns the settings of an environment and of the file {@code .env} in a folder.
     *
     * @param prefix without the underscore, for example {@code AIGW}
     * @param environment takes precedence over the file
     * @param folder the folder of {@code .env}
     * @throws SettingsException if the file exists but cannot be read
     */
    public static Settings load(String prefix, Map<String, String> environment, Path folder) {
        return new Settings(prefix, environment, DotEnv.read(folder.resolve(".env"), environment));
    }

    /**
     * Returns the name of a variable.
     *
     * @param group null for a setting without a group
     */
    public String name(@Nullable String group, String name) {
        return prefix + "_" + (group == null ? name : group + "__" + name);
    }

    /** Returns whether the variable has a value that is not blank, in the environment or the file. */
    public boolean isSet(@Nullable String group, String name) {
        return raw(group, name) != null;
    }

    public String text(@Nullable String group, String name, String defaultValue) {
        String value = raw(group, name);
        return value == null ? defaultValue : value;
    }

    /** Returns a folder or file; null if the variable is not set. */
    public @Nullable Path path(@Nullable String group, String name) {
        String value = raw(group, name);
        if (value == null) {
            return null;
        }
        try {
            return Path.of(value);
        } catch (InvalidPathException e) {
            wrong(group, name, value.replace('\0', '?'), "is not a path (" + e.getReason() + ")");
            return null;
        }
    }

    /** Returns a boolean: true/false, 1/0, yes/no, on/off, t/f, y/n, in any case. */
    public boolean bool(@Nullable String group, String name, boolean defaultValue) {
        String value = raw(group, name);
        if (value == null) {
            return defaultValue;
        }
        Boolean parsed = parseBoolean(value);
        if (parsed == null) {
            wrong(group, name, value, "is not a boolean; use true or false");
            return defaultValue;
        }
        return parsed;
    }

    /** Parses the booleans that the AI Gateway accepts; returns null for any other text. */
    public static @Nullable Boolean parseBoolean(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "true", "1", "yes", "on", "t", "y" -> Boolean.TRUE;
            case "false", "0", "no", "off", "f", "n" -> Boolean.FALSE;
            default -> null;
        };
    }

    /** Returns a whole number from 1 to {@code max}. */
    public int positive(@Nullable String group, String name, int defaultValue, int max) {
        String value = raw(group, name);
        if (value == null) {
            return defaultValue;
        }
        try {
            // The parser also accepts the digits of other scripts.
            int number = value.matches("\\+?[0-9]+") ? Integer.parseInt(value) : 0;
            if (number >= 1 && number <= max) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Reported below, like a number out of range.
        }
        wrong(
                group,
                name,
                value,
                max == Integer.MAX_VALUE
                        ? "is not a whole number of 1 or more"
                        : "is not a whole number from 1 to " + max);
        return defaultValue;
    }

    /** Returns an http or https URL with a host, {@code host:port} with http; null if the variable is not set. */
    public @Nullable URI url(@Nullable String group, String name) {
        String set = raw(group, name);
        if (set == null) {
            return null;
        }
        String value = HttpEndpoint.withScheme(set);
        try {
            HttpEndpoint ignored = HttpEndpoint.parse(value);
            return URI.create(value);
        } catch (IllegalArgumentException e) {
            problem(group, name, String.valueOf(e.getMessage()));
            return null;
        }
    }

    /**
     * Returns one or more URLs as in {@link #url}, separated by commas; empty if the variable is not set. A comma in a
     * path belongs to the path, unless another address begins after it.
     */
    public List<URI> urls(@Nullable String group, String name) {
        String set = raw(group, name);
        if (set == null) {
            return List.of();
        }
        try {
            return EndpointList.parse(set);
        } catch (IllegalArgumentException e) {
            problem(group, name, String.valueOf(e.getMessage()));
            return List.of();
        }
    }

    /** Returns the numbers of the lines of {@code .env}, from 1, that are not {@code NAME=value} and are ignored. */
    public List<Integer> ignoredLines() {
        return ignoredLines;
    }

    /** Adds a problem that does not concern one value alone; the message starts with the variable's name. */
    public void problem(@Nullable String group, String name, String sentence) {
        problems.add(name(group, name) + ": " + sentence);
    }

    /** Adds a warning, which does not prevent the start; the message starts with the variable's name. */
    void warn(@Nullable String group, String name, String sentence) {
        warnings.add(name(group, name) + ": " + sentence);
    }

    /** Returns the warnings so far, one sentence for each variable, without values. */
    public List<String> warnings() {
        return List.copyOf(warnings);
    }

    /**
     * Throws if there were problems.
     *
     * @throws SettingsException if anything read so far was invalid, with all problems
     */
    public void check() {
        if (!problems.isEmpty()) {
            throw new SettingsException(problems);
        }
    }

    /**
     * Returns the variables that look like those of a group but were not read so far, each in a sentence with the name
     * that is probably meant, or all names if none is similar: for example {@code AIGW_INTERNAL_EVENT_ENDPOINT}, with
     * one underscore too few. Values are not included.
     */
    public List<String> unknown(String group) {
        String start = prefix + "_" + group;
        Set<String> known = new TreeSet<>(read);
        known.removeIf(name -> !startsWith(name, start));
        return variables.keySet().stream()
                .filter(name -> startsWith(name, start) && !read.contains(name))
                .map(name -> Printable.of(name) + " is set, but there is no such setting; "
                        + NearName.of(name, known)
                                .map(near -> "did you mean " + near + "?")
                                .orElseGet(() -> "expected one of " + String.join(", ", known)))
                .toList();
    }

    private static boolean startsWith(String name, String start) {
        return name.regionMatches(true, 0, start, 0, start.length());
    }

    private @Nullable String raw(@Nullable String group, String name) {
        read.add(name(group, name));
        String value = variables.get(name(group, name));
        return value == null || value.isBlank() ? null : value.strip();
    }

    private void wrong(@Nullable String group, String name, String value, String expected) {
        problem(group, name, "\"" + value + "\" " + expected);
    }
}
