package dev.internalevents.collector.backup;

import java.nio.file.FileSystemException;
import org.jspecify.annotations.Nullable;

/** Why a file could not be read or written, in words that follow its name. */
final class Reason {

    private Reason() {}

    static String of(Throwable e) {
        @Nullable String message = e instanceof FileSystemException file ? file.getReason() : e.getMessage();
        // Some exceptions say it by their name alone, such as FileAlreadyExistsException.
        return message == null ? e.getClass().getSimpleName() : message;
    }
}
