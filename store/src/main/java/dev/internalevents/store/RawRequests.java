package dev.internalevents.store;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Converts the requests of failed events to the form in which they are stored: as they were received, or, with
 * pseudonyms configured, sealed (AES-256-GCM), so that neither SQL nor the API shows them and only a retry opens them
 * again.
 */
public final class RawRequests {

    /** The first byte of a sealed request. The first byte of an open one is its format version. */
    private static final byte SEALED = 0x53;

    private static final int IV_BYTES = 12;
    private static final int TAG_BITS = 128;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final @Nullable SecretKeySpec key;

    private RawRequests(@Nullable SecretKeySpec key) {
        this.key = key;
    }

    /** Seals with a key derived from a secret; without a secret, requests are stored as they are. */
    public static RawRequests sealedBy(@Nullable String secret) {
        if (secret == null) {
            return new RawRequests(null);
        }
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256")
                    .digest(("requests of failed events\n" + secret).getBytes(StandardCharsets.UTF_8));
            return new RawRequests(new SecretKeySpec(hash, "AES"));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** Returns whether a stored request is not sealed. */
    public static boolean isOpen(byte[] stored) {
        return stored.length > 0 && stored[0] != SEALED;
    }

    /** Returns a request in the form to store. */
    public byte[] seal(byte[] request) {
        if (key == null) {
            return request;
        }
        byte[] iv = new byte[IV_BYTES];
        RANDOM.nextBytes(iv);
        try {
            Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
            cipher.init(Cipher.ENCRYPT_MODE, key, new GCMParameterSpec(TAG_BITS, iv));
            byte[] sealed = cipher.doFinal(request);
            return ByteBuffer.allocate(1 + IV_BYTES + sealed.length)
                    .put(SEALED)
                    .put(iv)
                    .put(sealed)
                    .array();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has AES-GCM", e);
        }
    }

    /** Returns the request as it was received; null if it was sealed with another key. */
    public byte @Nullable [] open(byte[] stored) {
        if (isOpen(stored)) {
            return stored;
        }
        if (key == null || stored.length < 1 + IV_BYTES) {
            return null;
        }
        try {
            Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
            cipher.init(
                    Cipher.DECRYPT_MODE,
                    key,
                    new GCMParameterSpec(TAG_BITS, Arrays.copyOfRange(stored, 1, 1 + IV_BYTES)));
            return cipher.doFinal(stored, 1 + IV_BYTES, stored.length - 1 - IV_BYTES);
        } catch (GeneralSecurityException e) {
            return null;
        }
    }
}
