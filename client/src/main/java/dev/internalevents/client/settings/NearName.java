package dev.internalevents.client.settings;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/** Finds the setting that a misspelt variable was probably meant to be. */
final class NearName {

    /** Enough for a missing underscore, a letter too many, and two swapped ones. */
    private static final int MAX_DISTANCE = 3;

    private NearName() {}

    /** Returns the most similar name; empty if none is similar enough. Ignores case. */
    static Optional<String> of(String wrong, Collection<String> names) {
        String nearest = null;
        int least = MAX_DISTANCE + 1;
        for (String name : names) {
            int distance = distance(wrong.toUpperCase(Locale.ROOT), name.toUpperCase(Locale.ROOT), least);
            if (distance < least) {
                least = distance;
                nearest = name;
            }
        }
        return Optional.ofNullable(nearest);
    }

    /** Returns how many letters must be inserted, deleted or replaced, or the limit if these are as many or more. */
    private static int distance(String a, String b, int limit) {
        if (Math.abs(a.length() - b.length()) >= limit) {
            return limit;
        }
        int[] above = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            above[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int[] row = new int[b.length() + 1];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = above[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(replaced, Math.min(above[j], row[j - 1]) + 1);
            }
            above = row;
        }
        return Math.min(limit, above[b.length()]);
    }
}
