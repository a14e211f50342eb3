package dev.internalevents.client.definitions;

import dev.internalevents.client.RefusedEventException;

/** An additional property or an identifier of an event is not as the event's file declares it; names property and file. */
public final class InvalidPropertyException extends RefusedEventException {

    InvalidPropertyException(String message) {
        super(message);
    }
}
