package dev.internalevents.spool;

import java.io.IOException;
import java.nio.file.Path;

/** Thrown if another process, or another spool of this process, is using the folder. */
public final class SpoolInUseException extends IOException {

    private static final long serialVersionUID = 1;

    private final long pid;

    SpoolInUseException(Path folder, long pid) {
        super(folder + ": is in use by "
                + (pid == ProcessHandle.current().pid()
                        ? "this process already (" + pid + ")"
                        : pid < 0 ? "another process" : "process " + pid)
                + "; only one process, and one client or counter in it, can use a folder: give each its own folder");
        this.pid = pid;
    }

    /** Returns the id of the process that is using the folder; -1 if it is unknown. */
    public long pid() {
        return pid;
    }
}
