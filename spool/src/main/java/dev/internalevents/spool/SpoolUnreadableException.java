package dev.internalevents.spool;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** Thrown if a file of the spool cannot be read; the message says which and why. Reading can be retried. */
public final class SpoolUnreadableException extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1L;

    SpoolUnreadableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
