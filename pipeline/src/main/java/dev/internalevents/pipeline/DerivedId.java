package dev.internalevents.pipeline;

import java.nio.charset.StandardCharsets;
import java.util.UUID;

/** An event id made from where the event stands, so that processing it again gives the same. */
final class DerivedId {

    private DerivedId() {}

    static UUID of(String origin, int index) {
        return UUID.nameUUIDFromBytes((origin + "/" + index).getBytes(StandardCharsets.UTF_8));
    }
}
