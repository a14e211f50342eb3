package dev.internalevents.store.duckdb;

import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Which names of JSON fields become names in SQL. Senders choose them, so what SQL, a JSON path or DuckDB's parser could
 * take for something else stays in the JSON, where it can be read as data.
 */
final class FieldNames {

    /** In UTF-16 characters. */
    private static final int MAX_LENGTH = 100;

    private FieldNames() {}

    /** Whether a name can stand in SQL and in a JSON path as it is. */
    static boolean isUsable(String name) {
        if (name.isEmpty() || name.length() > MAX_LENGTH) {
            return false;
        }
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (Character.isHighSurrogate(c) && i + 1 < name.length() && Character.isLowSurrogate(name.charAt(i + 1))) {
                i++;
            } else if (Character.isISOControl(c) || Character.isSurrogate(c) || "\"\\*?".indexOf(c) >= 0) {
                return false;
            }
        }
        return true;
    }

    /**
     * The names that can be columns beside each other: SQL does not tell upper from lower case, so of several that differ
     * in case alone the first stays.
     *
     * @param reserved names that are taken already
     * @param names in the order of their right to a name
     */
    static List<String> distinct(Collection<String> reserved, Collection<String> names) {
        Set<String> taken = new HashSet<>();
        reserved.forEach(name -> taken.add(name.toLowerCase(Locale.ROOT)));
        Set<String> distinct = new LinkedHashSet<>();
        for (String name : names) {
            if (isUsable(name) && taken.add(name.toLowerCase(Locale.ROOT))) {
                distinct.add(name);
            }
        }
        return List.copyOf(distinct);
    }
}
