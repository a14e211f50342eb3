package dev.internalevents.pipeline;

import java.nio.charset.StandardCharsets;
import java.util.UUID;

/** Derives an event id from the event's position, so that processing it again yields the same id. */
final class DerivedId {

    private DerivedId() {}

    static UUID of(String origin, int index) {
        return UUID.nameUUIDFromBytes((origin + "/" + index).getBytes(StandardCharsets.UTF_8));
    }
}
