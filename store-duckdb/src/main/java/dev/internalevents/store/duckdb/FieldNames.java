package dev.internalevents.store.duckdb;

import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Decides which names of JSON fields become names in SQL. The names are untrusted: fields whose names SQL, a JSON path
 * or DuckDB's parser could misinterpret stay in the JSON, where they can be read as data.
 */
final class FieldNames {

    /** Maximum length in UTF-16 characters. */
    private static final int MAX_LENGTH = 100;

    private FieldNames() {}

    /** Returns whether a name can be used unchanged in SQL and in a JSON path. */
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
     * Returns the names that can be columns of the same table. SQL ignores case, so of names that differ only in case
     * the first is used.
     *
     * @param reserved names already in use
     * @param names candidates in order of priority
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
