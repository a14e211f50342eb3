package dev.internalevents.client.settings;

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
 * Variables named {@code PREFIX_GROUP__NAME}, from the environment, then from a {@code .env} file. Names are read in any
 * case, an empty value counts as not set. Reading never throws: what is wrong is noted, and {@link #check()} throws it all
 * at once; {@link #unknown(String)} names what nothing has read.
 */
public final class Settings {

    private final String prefix;
    private final Map<String, String> variables = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    private final List<String> problems = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();
    private final Set<String> read = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);

    private Settings(String prefix, Map<String, String> environment, Map<String, String> file) {
        this.prefix = prefix;
        variables.putAll(file);
        variables.putAll(environment);
    }

    /** The settings of this process: its environment, and {@code .env} in its working directory. */
    public static Settings load(String prefix) {
        return load(prefix, System.getenv(), Path.of(""));
    }

    /**
     * The settings of an environment and of the file {@code .env} in a folder.
     *
     * @param prefix without the underscore, for example {@code AIGW}
     * @param environment goes before the file
     * @param folder where {@code .env} is looked for
     * @throws SettingsException when the file is there but cannot be read
     */
    public static Settings load(String prefix, Map<String, String> environment, Path folder) {
        return new Settings(prefix, environment, DotEnv.read(folder.resolve(".env"), environment));
    }

    /**
     * The name of a variable.
     *
     * @param group null for a setting without a group
     */
    public String name(@Nullable String group, String name) {
        return prefix + "_" + (group == null ? name : group + "__" + name);
    }

    /** Whether the environment or the file gives the variable a value that is not blank. */
    public boolean isSet(@Nullable String group, String name) {
        return raw(group, name) != null;
    }

    public String text(@Nullable String group, String name, String otherwise) {
        String value = raw(group, name);
        return value == null ? otherwise : value;
    }

    /** A folder or file; null when it is not set. */
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

    /** True/false, 1/0, yes/no, on/off, t/f, y/n, in any case. */
    public boolean bool(@Nullable String group, String name, boolean otherwise) {
        String value = raw(group, name);
        if (value == null) {
            return otherwise;
        }
        Boolean parsed = parseBoolean(value);
        if (parsed == null) {
            wrong(group, name, value, "is not a boolean; use true or false");
            return otherwise;
        }
        return parsed;
    }

    /** The booleans that the original takes, or null for any other text. */
    public static @Nullable Boolean parseBoolean(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "true", "1", "yes", "on", "t", "y" -> Boolean.TRUE;
            case "false", "0", "no", "off", "f", "n" -> Boolean.FALSE;
            default -> null;
        };
    }

    /** A whole number from 1 to the given most. */
    public int positive(@Nullable String group, String name, int otherwise, int most) {
        String value = raw(group, name);
        if (value == null) {
            return otherwise;
        }
        try {
            int number = Integer.parseInt(value);
            if (number >= 1 && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Reported below, like a number out of range.
        }
        wrong(
                group,
                name,
                value,
                most == Integer.MAX_VALUE
                        ? "is not a whole number of 1 or more"
                        : "is not a whole number from 1 to " + most);
        return otherwise;
    }

    /** An http or https URL with a host; null when it is not set. */
    public @Nullable URI url(@Nullable String group, String name) {
        String value = raw(group, name);
        if (value == null) {
            return null;
        }
        try {
            HttpEndpoint ignored = HttpEndpoint.parse(value);
            return URI.create(value);
        } catch (IllegalArgumentException e) {
            problem(group, name, String.valueOf(e.getMessage()));
            return null;
        }
    }

    /** Notes a problem that is not with one value alone; the message starts with the variable's name. */
    public void problem(@Nullable String group, String name, String sentence) {
        problems.add(name(group, name) + ": " + sentence);
    }

    /** Notes something that needs no correction before the start; the message starts with the variable's name. */
    void warn(@Nullable String group, String name, String sentence) {
        warnings.add(name(group, name) + ": " + sentence);
    }

    /** What was noted so far, one sentence a variable. Values are not in it. */
    public List<String> warnings() {
        return List.copyOf(warnings);
    }

    /**
     * Ends the reading.
     *
     * @throws SettingsException when anything read so far was wrong, naming all of it
     */
    public void check() {
        if (!problems.isEmpty()) {
            throw new SettingsException(problems);
        }
    }

    /**
     * Variables that look like those of a group and that nothing has read so far, each in a sentence with the name that may
     * be meant: {@code AIGW_INTERNAL_EVENT_ENDPOINT}, for example, with one underscore too few. Values are not in it.
     */
    public List<String> unknown(String group) {
        String start = prefix + "_" + group;
        Set<String> known = new TreeSet<>(read);
        known.removeIf(name -> !startsWith(name, start));
        return variables.keySet().stream()
                .filter(name -> startsWith(name, start) && !read.contains(name))
                .map(name -> Printable.of(name) + " is set, but there is no such setting; there are "
                        + String.join(", ", known))
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
