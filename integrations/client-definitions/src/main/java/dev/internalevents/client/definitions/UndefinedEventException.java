package dev.internalevents.client.definitions;

import dev.internalevents.client.RefusedEventException;

/** Thrown when a tracked event is not defined or is removed; names the file that is expected, or that removed it. */
public final class UndefinedEventException extends RefusedEventException {

    UndefinedEventException(String message) {
        super(message);
    }
}
