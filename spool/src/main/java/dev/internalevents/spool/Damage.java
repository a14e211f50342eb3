package dev.internalevents.spool;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A file of a spool that was not as its last process left it.
 *
 * @param file what is damaged or missing
 * @param cause what is wrong with it, in words that follow the file's name
 * @param lostBytes how many bytes of frames are lost at most; 0 if none are
 * @param setAside where the damaged file, or a copy of it, is now; null if there is nothing to keep
 */
public record Damage(
        Path file, String cause, long lostBytes, @Nullable Path setAside) {

    /** A sentence for a log: the file, the cause, what was lost, and where the file is now. */
    public String describe() {
        return file + " " + cause
                + (lostBytes == 0
                        ? "; no frame was lost with it"
                        : "; up to " + lostBytes + " bytes of frames are lost")
                + (setAside == null ? "" : "; what was found is kept as " + setAside);
    }
}
