package dev.internalevents.gateway.v2;

/** A body that is JSON but not a Code Suggestions request; the message names the field and what was expected. */
final class InvalidRequestException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    InvalidRequestException(String message) {
        super(message);
    }
}
