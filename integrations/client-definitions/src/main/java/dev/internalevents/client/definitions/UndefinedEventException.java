package dev.internalevents.client.definitions;

import dev.internalevents.client.RefusedEventException;

/** An event was tracked that no file defines, or that is removed; names the file that is expected, or that removed it. */
public final class UndefinedEventException extends RefusedEventException {

    UndefinedEventException(String message) {
        super(message);
    }
}
