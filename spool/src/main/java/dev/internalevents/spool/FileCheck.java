package dev.internalevents.spool;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import org.jspecify.annotations.Nullable;

/**
 * Detects failures of the file system and files that were truncated or deleted while in use, and makes the spool
 * unavailable or ready again. Frames in a file that cannot be opened again would be lost with the process. Used by the
 * spool's own threads.
 */
final class FileCheck {

    private final SpoolGate gate;
    private final OpenFolder folder;
    private final SegmentChain chain;
    private volatile boolean cut;

    FileCheck(SpoolGate gate, OpenFolder folder, SegmentChain chain) {
        this.gate = gate;
        this.folder = folder;
        this.chain = chain;
    }

    /** Returns whether a file was truncated while in use. */
    boolean isCut() {
        return cut;
    }

    /** Checks the files, and rewrites those that were found deleted at the last check. */
    void run() throws IOException {
        Segment shortened = firstCut();
        if (shortened != null) {
            cut = true;
            gate.unavailable(
                    shortened.path() + " was truncated while in use, and its end can no longer be read; expected"
                            + " a folder on a local disk that no other program changes");
        } else if (gate.state() instanceof SpoolState.Unavailable) {
            chain.reopen();
        } else {
            Segment deleted = firstDeleted();
            if (deleted != null) {
                gate.unavailable(
                        deleted.path() + " was deleted while it was in use; it is rewritten with its contents");
            }
        }
    }

    /**
     * Records a failure so that the thread can continue. If there is no memory for the message, the next round fails
     * again.
     */
    void failed(Throwable e) {
        try {
            gate.unavailable(FolderFailure.describe(folder.path(), e));
            if (e instanceof InternalError) {
                // The page may belong to a truncated file. Check now: later rounds would fail before their check.
                run();
            }
        } catch (IOException | RuntimeException | Error again) {
            // The next round detects the failure again.
        }
    }

    /** Returns the first truncated segment: its frames are gone, and accessing them throws an InternalError. */
    private @Nullable Segment firstCut() throws IOException {
        for (Segment segment = chain.start().segment(); segment != null; segment = segment.next) {
            try {
                if (Files.size(segment.path()) < segment.capacity() && !segment.isRestored()) {
                    return segment;
                }
            } catch (NoSuchFileException e) {
                // Deleted: handled separately.
            }
        }
        return null;
    }

    private @Nullable Segment firstDeleted() {
        Segment segment = chain.start().segment();
        while (segment != null && !segment.isDeleted()) {
            segment = segment.next;
        }
        return segment;
    }
}
