package dev.internalevents.cli.options;

import dev.internalevents.definitions.check.NearestName;
import dev.internalevents.protocol.Printable;
import java.io.File;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The environment variables of the command, and those whose names are probably misspelt. */
public final class Variables {

    private static final String PREFIX = "INTERNAL_EVENTS_";

    /** What follows the prefix. */
    private static final List<String> NAMES = List.of(
            "ALLOW_HOSTS",
            "ALLOW_ORIGINS",
            "CA",
            "CA_PASSWORD",
            "DATA",
            "DEFINITIONS",
            "HOST",
            "JAVA_OPTS",
            "LAKE_CATALOG_PASSWORD",
            "LAKE_CATALOG_TOKEN",
            "LAKE_CATALOG_USER",
            "LOG_FORMAT",
            "LOG_LEVEL",
            "METRICS_PASSWORD",
            "OPENID_SECRET",
            "PORT",
            "PSEUDONYM_KEY",
            "READ_TOKEN",
            "TLS_PASSWORD",
            "TOKEN",
            "URL");

    /** The prefix as it may be misspelt. */
    private static final Pattern SIMILAR = Pattern.compile("(?i)INTERNAL_?EVENTS?_+(.+)");

    private static final boolean IGNORES_CASE = File.separatorChar == '\\';

    private Variables() {}

    /** Returns the names of all variables that the command reads. */
    static List<String> names() {
        return NAMES.stream().map(PREFIX::concat).toList();
    }

    /**
     * Returns a sentence for each variable that the command does not read although its name is similar to one that it
     * reads. Values are not included.
     */
    public static List<String> misspelt(Map<String, String> environment) {
        return new TreeSet<>(environment.keySet())
                .stream().flatMap(name -> meant(name).stream()).toList();
    }

    private static Optional<String> meant(String name) {
        Matcher similar = SIMILAR.matcher(name);
        String known = IGNORES_CASE ? name.toUpperCase(Locale.ROOT) : name;
        if (!similar.matches() || names().contains(known)) {
            return Optional.empty();
        }
        return NearestName.of(similar.group(1), NAMES)
                .map(near -> Printable.of(name) + " is set, but there is no such setting; did you mean " + PREFIX + near
                        + "?");
    }
}
