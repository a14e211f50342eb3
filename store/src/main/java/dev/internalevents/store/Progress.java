package dev.internalevents.store;

import dev.internalevents.spool.Place;
import java.util.UUID;

/**
 * How far a spool has been drained: everything before this position is in the store.
 *
 * @param place the place before the first frame that is not completely in the store
 * @param events how many events of the frame at the place are already in the store
 */
public record Progress(Place place, int events) {

    public static Progress start(UUID spool) {
        return new Progress(Place.start(spool), 0);
    }
}
