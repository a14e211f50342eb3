package dev.internalevents.client.billing;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Creates the id of a billing event, by which the receiver drops duplicates. */
final class EventId {

    /** The namespace for object identifiers (RFC 9562, 6.6). */
    private static final UUID NAMESPACE = UUID.fromString("6ba7b812-9dad-11d1-80b4-00c04fd430c8");

    private EventId() {}

    /** Returns a random id, or the id derived from a key. */
    static UUID of(@Nullable String idempotencyKey) {
        return idempotencyKey == null ? UUID.randomUUID() : named(idempotencyKey);
    }

    /** Returns the version 5 UUID (RFC 9562, 5.5) of a name in UTF-8. */
    private static UUID named(String name) {
        MessageDigest sha1;
        try {
            sha1 = MessageDigest.getInstance("SHA-1");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("each JDK has SHA-1", e);
        }
        sha1.update(ByteBuffer.allocate(16)
                .putLong(NAMESPACE.getMostSignificantBits())
                .putLong(NAMESPACE.getLeastSignificantBits())
                .flip());
        ByteBuffer hash = ByteBuffer.wrap(sha1.digest(bytes(name)));
        long high = (hash.getLong() & ~0xF000L) | 0x5000L;
        long low = (hash.getLong() & ~0xC000_0000_0000_0000L) | 0x8000_0000_0000_0000L;
        return new UUID(high, low);
    }

    /**
     * Encodes a name as UTF-8, but an unpaired surrogate as the three bytes of its code point instead of a question
     * mark, so that different keys have different ids.
     */
    private static byte[] bytes(String name) {
        if (name.codePoints().noneMatch(EventId::isSurrogate)) {
            return name.getBytes(StandardCharsets.UTF_8);
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(3 * name.length());
        name.codePoints().forEach(point -> {
            if (isSurrogate(point)) {
                bytes.write(0xE0 | point >> 12);
                bytes.write(0x80 | (point >> 6 & 0x3F));
                bytes.write(0x80 | (point & 0x3F));
            } else {
                bytes.writeBytes(Character.toString(point).getBytes(StandardCharsets.UTF_8));
            }
        });
        return bytes.toByteArray();
    }

    private static boolean isSurrogate(int point) {
        return point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE;
    }
}
