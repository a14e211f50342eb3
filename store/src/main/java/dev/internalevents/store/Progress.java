package dev.internalevents.store;

import java.util.UUID;

/**
 * How far a spool has been worked off: everything up to this place is in the store.
 *
 * @param spool whose place it is
 * @param segment of the spool
 * @param offset in the segment
 * @param events of the frame that follows, how many are in the store too
 */
public record Progress(UUID spool, long segment, int offset, int events) {

    public static Progress start(UUID spool) {
        return new Progress(spool, 0, 0, 0);
    }
}
