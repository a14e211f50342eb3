package dev.internalevents.spool;

import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Describes why a spool's folder cannot be used. */
final class FolderFailure {

    private FolderFailure() {}

    /** Returns what failed, where, and what was expected. */
    static String describe(Path folder, Throwable e) {
        Path file = fileInTheWay(folder);
        if (file != null) {
            return file.equals(folder)
                    ? folder + ": is a file; expected a folder"
                    : folder + ": cannot be created, because " + file + " is a file; expected a folder";
        } else if (e instanceof AccessDeniedException) {
            return folder + ": " + e.getMessage()
                    + " is not writable; expected a folder in which this process can create files";
        } else if (e instanceof NoSuchFileException && !Files.exists(folder)) {
            return folder + ": cannot be created; expected a folder in which this process can create files";
        } else if (e instanceof NoSuchFileException) {
            return folder + ": " + e.getMessage() + " does not exist";
        }
        String message = e.getMessage() == null ? e.toString() : e.getMessage();
        if (message.contains("File too large")) {
            return folder
                    + ": the file size limit is below the size of a segment; expected a higher limit of this process"
                    + " (ulimit -f) or of the file system";
        }
        return message.startsWith(folder.toString()) ? message : folder + ": " + message;
    }

    /**
     * Returns a file that is in the place of the folder or of one of its parents. The file system's own error would
     * give only its path, or no path at all.
     */
    private static @Nullable Path fileInTheWay(Path folder) {
        for (Path path = folder; path != null; path = path.getParent()) {
            if (Files.exists(path)) {
                return Files.isDirectory(path) ? null : path;
            }
        }
        return null;
    }
}
