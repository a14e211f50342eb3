package dev.internalevents.client.definitions;

import dev.internalevents.client.RefusedEventException;

/**
 * Thrown when an additional property or an identifier of an event does not match its definition; names property and
 * file.
 */
public final class InvalidPropertyException extends RefusedEventException {

    InvalidPropertyException(String message) {
        super(message);
    }
}
