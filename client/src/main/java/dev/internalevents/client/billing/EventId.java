package dev.internalevents.client.billing;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The id of a billing event, by which its receiver drops what it has already. */
final class EventId {

    /** The namespace of object identifiers, RFC 9562, 6.6. */
    private static final UUID NAMESPACE = UUID.fromString("6ba7b812-9dad-11d1-80b4-00c04fd430c8");

    private EventId() {}

    /** A random id, or the one of a key. */
    static UUID of(@Nullable String idempotencyKey) {
        return idempotencyKey == null ? UUID.randomUUID() : named(idempotencyKey);
    }

    /** The UUID of version 5 (RFC 9562, 5.5) of a name in UTF-8. */
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

    /** UTF-8, in which an unpaired surrogate, which has none, is the three bytes of its number, not a question mark. */
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
