package dev.internalevents.collector.processing;

import dev.internalevents.spool.Place;
import dev.internalevents.store.Progress;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The last recorded state of spool and store.
 *
 * @param place the place in the spool that the store had reached
 * @param number the number of the newest event in the store
 * @param requests the number of requests waiting in the spool, safe on the disk
 */
record LastKnown(Place place, long number, long requests) {

    private static final String VERSION = "1";

    static LastKnown of(Progress progress, long number, long requests) {
        return new LastKnown(progress.place(), number, requests);
    }

    LastKnown withRequests(long waiting) {
        return new LastKnown(place, number, waiting);
    }

    boolean isAt(Progress progress) {
        return place.equals(progress.place());
    }

    /** Parses the text of a file; null if it is invalid or of another version. */
    static @Nullable LastKnown parse(@Nullable String text) {
        String[] parts = text == null ? new String[0] : text.strip().split(" ", -1);
        if (parts.length != 6 || !parts[0].equals(VERSION)) {
            return null;
        }
        try {
            return new LastKnown(
                    new Place(UUID.fromString(parts[1]), Long.parseLong(parts[2]), Integer.parseInt(parts[3])),
                    Long.parseLong(parts[4]),
                    Long.parseLong(parts[5]));
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    String text() {
        return String.join(
                " ",
                VERSION,
                place.spool().toString(),
                String.valueOf(place.segment()),
                String.valueOf(place.offset()),
                String.valueOf(number),
                String.valueOf(requests) + "\n");
    }
}
