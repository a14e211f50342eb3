package dev.internalevents.spool;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** A file of the spool that was written cannot be read; the message says which and why. It may be tried again. */
public final class SpoolUnreadableException extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1L;

    SpoolUnreadableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
