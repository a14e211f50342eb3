package dev.internalevents.pipeline;

import dev.internalevents.protocol.TrackerPayload;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Identifies an event across retries: the id that the sender gave, and a fingerprint of everything else the sender said
 * about the event. The sent time is excluded because a retry carries a new one. An event that was sent without a usable
 * id, or could not be read, is identified by its request: its id is derived from the request's origin and the event's
 * index, and its fingerprint is zero.
 *
 * @param id as it was sent, or derived
 * @param high the upper 64 bits of the fingerprint
 * @param low the lower 64 bits of the fingerprint
 */
public record EventKey(UUID id, long high, long low) {

    private static final ThreadLocal<Fingerprint> FINGERPRINT = ThreadLocal.withInitial(Fingerprint::new);

    /** Returns the key of an event; null for one that was sent without a usable id. */
    static @Nullable EventKey of(TrackerPayload event) {
        String id = event.get("eid");
        if (id == null || id.isEmpty() || !(AtomicType.UUID.parse(id) instanceof String canonical)) {
            return null;
        }
        ByteBuffer hash = ByteBuffer.wrap(FINGERPRINT.get().of(event.parameters()));
        return new EventKey(UUID.fromString(canonical), hash.getLong(), hash.getLong());
    }

    /**
     * Returns the key of an event that has no usable id of its own.
     *
     * @param origin identifies the request uniquely, see {@link PayloadFrame#origin}
     * @param index the event's index in its request, from 0
     */
    public static EventKey of(String origin, int index) {
        return derived(DerivedId.of(origin, index));
    }

    /** Returns the key of an event whose id was derived from its request's origin. */
    public static EventKey derived(UUID id) {
        return new EventKey(id, 0, 0);
    }

    /** Returns whether the id is derived from the request's origin. */
    public boolean isDerived() {
        return high == 0 && low == 0;
    }

    /** Returns the fingerprint as it is written to the atomic field: 32 hexadecimal digits. */
    public String fingerprint() {
        return HexFormat.of().toHexDigits(high) + HexFormat.of().toHexDigits(low);
    }
}
