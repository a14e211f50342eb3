package dev.internalevents.spool;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A file of a spool that is not in the state in which the last process left it.
 *
 * @param file the damaged or missing file
 * @param cause what is wrong with it, worded to follow the file's name
 * @param lostBytes the maximum number of bytes of frames that are lost; 0 if none are
 * @param setAside the current path of the damaged file, or of a copy of it; null if there is nothing to preserve
 */
public record Damage(
        Path file, String cause, long lostBytes, @Nullable Path setAside) {

    /** Returns a sentence for a log: the file, the cause, what was lost, and where the file is now. */
    public String describe() {
        return file + " " + cause
                + (lostBytes == 0 ? "; no frames were lost" : "; up to " + lostBytes + " bytes of frames are lost")
                + (setAside == null ? "" : "; the damaged file was saved as " + setAside);
    }
}
