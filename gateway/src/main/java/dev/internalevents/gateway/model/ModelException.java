package dev.internalevents.gateway.model;

import org.jspecify.annotations.Nullable;

/** Thrown when the model did not answer. The message is shown to the caller of the gateway. */
public final class ModelException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** @param cause null if there is none */
    public ModelException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
