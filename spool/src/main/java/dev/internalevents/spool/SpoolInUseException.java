package dev.internalevents.spool;

import java.io.IOException;
import java.nio.file.Path;

/** Another process, or another spool of this one, has the folder. */
public final class SpoolInUseException extends IOException {

    private static final long serialVersionUID = 1;

    private final long pid;

    SpoolInUseException(Path folder, long pid) {
        super(folder + ": is in use by "
                + (pid == ProcessHandle.current().pid()
                        ? "this process already (" + pid + ")"
                        : pid < 0 ? "another process" : "process " + pid)
                + "; one process, and one client or counter in it, can have the folder: give each a folder of its own");
        this.pid = pid;
    }

    /** The process that has the folder; -1 when it did not say. */
    public long pid() {
        return pid;
    }
}
