package dev.internalevents.collector.backup;

import java.nio.file.FileSystemException;
import org.jspecify.annotations.Nullable;

/** Why a file could not be read or written, in words that follow its name. */
final class Reason {

    private Reason() {}

    /** The reason, with the file's name before it if the exception knows it. */
    static String withFile(Throwable e) {
        return e instanceof FileSystemException file && file.getFile() != null ? file.getFile() + ": " + of(e) : of(e);
    }

    static String of(Throwable e) {
        @Nullable String message = e instanceof FileSystemException file ? file.getReason() : e.getMessage();
        // Some exceptions say it by their name alone, such as NoSuchFileException.
        return message == null ? e.getClass().getSimpleName() : message;
    }
}
