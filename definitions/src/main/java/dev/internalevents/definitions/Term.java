package dev.internalevents.definitions;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** One of the words that are allowed for a key, as it is written in the file. */
public interface Term {

    /** Returns the name of the constant. */
    String name();

    /** Returns the word in the file, for example {@code 28d}; default: the name of the constant in lower case. */
    default String term() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Returns the constant for a word; empty if there is none. */
    static <E extends Enum<E> & Term> Optional<E> find(Class<E> type, String term) {
        return Arrays.stream(type.getEnumConstants())
                .filter(constant -> constant.term().equals(term))
                .findFirst();
    }

    /** Returns all allowed words, in the order of their declaration. */
    static <E extends Enum<E> & Term> List<String> all(Class<E> type) {
        return Arrays.stream(type.getEnumConstants()).map(Term::term).toList();
    }
}
