package dev.internalevents.pipeline;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Searches a text for many ids at once. An id matches where no letter or digit is directly before or after it; an id
 * that is a number also matches a number of the same value. One pass, whose time does not depend on the number of ids.
 * Immutable.
 */
final class IdSearch {

    private static final Pattern NUMBER = Pattern.compile("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?");
    private static final int MAX_NUMBER_LENGTH = 400;

    /**
     * An id that is found by one of its words.
     *
     * @param at where the word begins in the id
     * @param next another id with the same word
     */
    private record Anchored(String id, int at, @Nullable Anchored next) {}

    /** Hashes of the words; a hash table with open addressing. */
    private final int[] hashes;

    private final @Nullable Anchored[] anchored;

    /** Ids without a letter or digit, by their first code point. */
    private final Map<Integer, List<String>> symbols = new HashMap<>();

    private final Set<BigDecimal> numbers = new HashSet<>();

    IdSearch(Collection<String> ids) {
        Map<String, Integer> counts = new HashMap<>();
        for (String id : ids) {
            for (String word : new LinkedHashSet<>(words(id))) {
                counts.merge(word, 1, Integer::sum);
            }
            BigDecimal number = number(id);
            if (number != null) {
                numbers.add(number);
            }
        }
        int size = Integer.highestOneBit(Math.max(8, 8 * ids.size()));
        hashes = new int[size];
        anchored = new Anchored[size];
        for (String id : ids) {
            // Choose the word that the fewest ids share.
            String best = null;
            for (String word : words(id)) {
                best = best == null || rank(counts, word) < rank(counts, best) ? word : best;
            }
            if (best == null) {
                symbols.computeIfAbsent(id.codePointAt(0), first -> new ArrayList<>())
                        .add(id);
            } else {
                int slot = slot(best.hashCode());
                hashes[slot] = best.hashCode();
                anchored[slot] = new Anchored(id, placeOf(best, id), anchored[slot]);
            }
        }
    }

    private static long rank(Map<String, Integer> counts, String word) {
        return counts.getOrDefault(word, 0) * 1_000L - word.length();
    }

    private static List<String> words(String id) {
        List<String> words = new ArrayList<>();
        for (int from = 0; from < id.length(); ) {
            int end = endOfWord(id, from);
            if (end > from) {
                words.add(id.substring(from, end));
            }
            from = Math.max(end, from + Character.charCount(id.codePointAt(from)));
        }
        return words;
    }

    /** Returns where a word occurs in an id as a whole word. */
    private static int placeOf(String word, String id) {
        int at = id.indexOf(word);
        while (!isDelimited(id, at, at + word.length())) {
            at = id.indexOf(word, at + 1);
        }
        return at;
    }

    private static int endOfWord(String text, int from) {
        int at = from;
        while (at < text.length() && isWord(text.codePointAt(at))) {
            at += Character.charCount(text.codePointAt(at));
        }
        return at;
    }

    private int slot(int hash) {
        int mask = hashes.length - 1;
        int slot = (hash ^ (hash >>> 15)) & mask;
        while (anchored[slot] != null && hashes[slot] != hash) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    /** Returns whether one of the ids is in a text. */
    boolean isIn(String text) {
        int length = text.length();
        int i = 0;
        while (i < length) {
            int c = text.charAt(i);
            if (Character.isSurrogate((char) c)) {
                c = text.codePointAt(i);
            }
            if (!isWord(c)) {
                if (!symbols.isEmpty() && isSymbolAt(text, i, c)) {
                    return true;
                }
                i += Character.charCount(c);
                continue;
            }
            int start = i;
            int hash = 0;
            while (i < length && isWord(c)) {
                // The same hash as String.hashCode.
                hash = 31 * hash + text.charAt(i++);
                if (c > Character.MAX_VALUE) {
                    hash = 31 * hash + text.charAt(i++);
                }
                if (i < length) {
                    c = text.charAt(i);
                    if (Character.isSurrogate((char) c)) {
                        c = text.codePointAt(i);
                    }
                }
            }
            if (isIdAt(text, start, hash) || (!numbers.isEmpty() && isNumberAt(text, start))) {
                return true;
            }
        }
        return false;
    }

    private boolean isIdAt(String text, int start, int hash) {
        for (Anchored one = anchored[slot(hash)]; one != null; one = one.next()) {
            int at = start - one.at();
            String id = one.id();
            if (at >= 0 && text.startsWith(id, at) && isDelimited(text, at, at + id.length())) {
                return true;
            }
        }
        return false;
    }

    private boolean isSymbolAt(String text, int at, int first) {
        for (String id : symbols.getOrDefault(first, List.of())) {
            if (text.startsWith(id, at) && isDelimited(text, at, at + id.length())) {
                return true;
            }
        }
        return false;
    }

    /** Returns whether a number such as 4711.0 or 1e3 begins here and has the value of an id. */
    private boolean isNumberAt(String text, int start) {
        int digits = endOfDigits(text, start);
        if (digits == start) {
            return false;
        }
        int end = digits;
        if (end + 1 < text.length() && text.charAt(end) == '.') {
            int fraction = endOfDigits(text, end + 1);
            end = fraction > end + 1 ? fraction : end;
        }
        if (end + 1 < text.length() && (text.charAt(end) == 'e' || text.charAt(end) == 'E')) {
            char sign = text.charAt(end + 1);
            int from = sign == '+' || sign == '-' ? end + 2 : end + 1;
            int exponent = endOfDigits(text, from);
            end = exponent > from ? exponent : end;
        }
        if (end == digits || end - start > MAX_NUMBER_LENGTH || !isDelimited(text, start, end)) {
            return false;
        }
        BigDecimal number = number(text.substring(start, end));
        return number != null
                && numbers.contains(start > 0 && text.charAt(start - 1) == '-' ? number.negate() : number);
    }

    private static int endOfDigits(String text, int from) {
        int at = from;
        while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
            at++;
        }
        return at;
    }

    /** Returns whether one of the ids is a number. */
    boolean hasNumbers() {
        return !numbers.isEmpty();
    }

    /** Returns whether an id has this value. */
    boolean hasValue(Number number) {
        return !numbers.isEmpty() && numbers.contains(new BigDecimal(number.toString()).stripTrailingZeros());
    }

    /** Returns the normalized value of a text that is a JSON number; null if it is not one. */
    private static @Nullable BigDecimal number(String text) {
        try {
            return text.length() <= MAX_NUMBER_LENGTH && NUMBER.matcher(text).matches()
                    ? new BigDecimal(text).stripTrailingZeros()
                    : null;
        } catch (NumberFormatException e) {
            // The exponent is out of range.
            return null;
        }
    }

    private static boolean isDelimited(String text, int from, int to) {
        return (from == 0 || !isWord(text.codePointBefore(from)))
                && (to == text.length() || !isWord(text.codePointAt(to)));
    }

    private static boolean isWord(int c) {
        return c < 128
                ? (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z')
                : Character.isLetterOrDigit(c);
    }
}
