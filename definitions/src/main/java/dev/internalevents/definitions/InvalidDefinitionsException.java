package dev.internalevents.definitions;

import java.util.List;
import java.util.stream.Collectors;

/** Thrown when definitions cannot be used. The message lists file, line, key and allowed values of each error. */
public final class InvalidDefinitionsException extends RuntimeException {

    private static final int SHOWN = 20;

    private final transient List<Problem> errors;

    InvalidDefinitionsException(List<Problem> errors) {
        super(message(errors));
        this.errors = List.copyOf(errors);
    }

    /** Returns all errors, by file and line. */
    public List<Problem> errors() {
        return errors;
    }

    private static String message(List<Problem> errors) {
        String shown = errors.stream().limit(SHOWN).map(error -> "\n  " + error).collect(Collectors.joining());
        String more = errors.size() > SHOWN ? "\n  and " + (errors.size() - SHOWN) + " more" : "";
        return errors.size() + (errors.size() == 1 ? " error" : " errors") + " in the definitions:" + shown + more;
    }
}
