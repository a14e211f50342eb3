package dev.internalevents.client.internal.emitter;

import dev.internalevents.spool.Recovery;
import dev.internalevents.spool.Spool;
import dev.internalevents.spool.SpoolSettings;
import dev.internalevents.spool.SpoolState;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folder of an outbox and the spool in it. A folder that cannot be used is retried; a failure is logged once until
 * it works again. Safe for use by several threads.
 */
final class OutboxFolder {

    private static final Logger LOG = LoggerFactory.getLogger(SpoolOutbox.class);

    private final Path path;
    private final SpoolSettings settings;
    private final Accounts accounts;
    private final EventKind kind;
    private volatile @Nullable Spool opened;
    private volatile @Nullable String failure;

    /**
     * Whether a file was truncated while it was in use. Accessing it is then a JVM error, which may occur anywhere in a
     * thread, even while it holds a lock: so the spool is not used any more. The next start reads what is left.
     */
    private volatile boolean broken;

    /** Opens the spool; if that fails, {@link #tick} retries. */
    OutboxFolder(Path path, SpoolSettings settings, Accounts accounts, EventKind kind) {
        this.path = path;
        this.settings = settings;
        this.accounts = accounts;
        this.kind = kind;
        open();
    }

    Path path() {
        return path;
    }

    /** Returns the spool; null if the folder could not be opened, or a file in it was truncated. */
    @Nullable
    Spool spool() {
        return broken ? null : opened;
    }

    /** Returns the spool even if a file in it was truncated; null if the folder could not be opened. */
    @Nullable
    Spool everOpened() {
        return opened;
    }

    boolean isBroken() {
        return broken;
    }

    /** Stops using the spool for good; returns false if that was done before. */
    boolean abandon() {
        boolean before = broken;
        broken = true;
        return !before;
    }

    /** Returns why events cannot be stored in the folder, or null. */
    @Nullable
    String failure() {
        Spool from = spool();
        return from != null && from.state() instanceof SpoolState.Unavailable unavailable
                ? unavailable.reason()
                : failure;
    }

    /** @throws IllegalArgumentException if the folder could not be opened */
    void requireUsable() {
        String why = failure;
        if (why != null) {
            throw new IllegalArgumentException("outbox: " + why + "; each " + kind.words()
                    + " is stored on disk until it is delivered; expected a folder that this process can write and no"
                    + " other process or client uses");
        }
    }

    /**
     * Opens the folder if that failed before, and records whether it works; called about once a second.
     *
     * @param isEnded whether the client has ended, so that the folder is not opened any more
     */
    void tick(boolean isEnded) {
        if (opened == null && !isEnded) {
            open();
        }
        Spool now = opened;
        if (now != null && now.state() instanceof SpoolState.Unavailable unavailable) {
            failed(unavailable.reason());
        } else if (now != null && failure != null) {
            failure = null;
            LOG.info("{}: the outbox works again", path);
        }
    }

    private void open() {
        try {
            OutboxMarker.check(path, kind);
            Spool spool = Spool.open(path, settings);
            OutboxMarker.write(path, kind);
            Recovery found = spool.recovery();
            accounts.recovered(found.whole());
            if (found.whole() + found.torn() + found.damaged() > 0) {
                LOG.info(
                        "{}: {} event(s) of an earlier start are sent now, {} are incomplete, {} are damaged{}",
                        path,
                        found.whole(),
                        found.torn(),
                        found.damaged(),
                        found.setAside().isEmpty() ? "" : " and set aside in " + found.setAside());
            }
            found.damages().forEach(damage -> LOG.warn("outbox: {}", damage.describe()));
            opened = spool;
        } catch (IOException e) {
            failed(e.getMessage() == null ? e.toString() : e.getMessage());
        }
    }

    /** Records why the folder cannot be used. */
    void failed(String reason) {
        if (failure == null) {
            LOG.error(
                    "outbox: {}; {}s {} until it works again",
                    reason,
                    kind.words(),
                    kind.isKept() ? "are not accepted" : "are queued in memory");
        }
        failure = reason;
    }
}
