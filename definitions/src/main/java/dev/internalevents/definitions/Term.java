package dev.internalevents.definitions;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** A word that a definition may hold in some place, as it is written in the file. */
public interface Term {

    /** The word in the file, for example {@code 28d}. */
    String term();

    /** The constant that is written like this; empty when there is none. */
    static <E extends Enum<E> & Term> Optional<E> find(Class<E> type, String term) {
        return Arrays.stream(type.getEnumConstants())
                .filter(constant -> constant.term().equals(term))
                .findFirst();
    }

    /** All words that may stand there, in the order of their declaration. */
    static <E extends Enum<E> & Term> List<String> all(Class<E> type) {
        return Arrays.stream(type.getEnumConstants()).map(Term::term).toList();
    }
}
