package dev.internalevents.store;

import dev.internalevents.pipeline.EventKey;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.UUID;

/**
 * What remains of an event that was removed because it was about a person, so that the event is recognized if it
 * arrives again: hashes (the first 128 bits of SHA-256) of its id, and of its id and fingerprint.
 *
 * @param number the event's number; 0 if the index of event ids does not contain it
 * @param idHash see {@link #ofId}
 * @param keyHash see {@link #ofKey}
 * @param received when the event was received
 */
public record ForgottenKey(long number, UUID idHash, UUID keyHash, Instant received) {

    /** Returns the hash of an id as text, in lower case with hyphens. */
    public static UUID ofId(UUID id) {
        return hash(id.toString());
    }

    /** Returns the hash of an id as text, followed by the fingerprint written as a UUID. */
    public static UUID ofKey(EventKey key) {
        return hash(key.id().toString() + new UUID(key.high(), key.low()));
    }

    private static UUID hash(String text) {
        try {
            ByteBuffer hash = ByteBuffer.wrap(
                    MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.US_ASCII)));
            return new UUID(hash.getLong(), hash.getLong());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
