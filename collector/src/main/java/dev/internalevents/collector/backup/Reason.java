package dev.internalevents.collector.backup;

import java.nio.file.FileSystemException;
import org.jspecify.annotations.Nullable;

/** The reason why a file could not be read or written, worded to follow the file's name. */
final class Reason {

    private Reason() {}

    /** Returns the reason, prefixed with the file's name if the exception has it. */
    static String withFile(Throwable e) {
        return e instanceof FileSystemException file && file.getFile() != null ? file.getFile() + ": " + of(e) : of(e);
    }

    static String of(Throwable e) {
        @Nullable String message = e instanceof FileSystemException file ? file.getReason() : e.getMessage();
        // For some exceptions, such as NoSuchFileException, the class name is the only explanation.
        return message == null ? e.getClass().getSimpleName() : message;
    }
}
