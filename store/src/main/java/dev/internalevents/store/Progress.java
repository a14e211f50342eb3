package dev.internalevents.store;

import java.util.UUID;

/**
 * How far a spool has been drained: everything before this position is in the store.
 *
 * @param spool the id of the spool
 * @param segment the segment of the spool
 * @param offset the offset in the segment
 * @param events how many events of the frame at the offset are already in the store
 */
public record Progress(UUID spool, long segment, int offset, int events) {

    public static Progress start(UUID spool) {
        return new Progress(spool, 0, 0, 0);
    }
}
