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
 * The requests of failed events, as a store keeps them: as they were received, or, where nobody is to be named, sealed
 * (AES-256-GCM), so that neither SQL nor the API shows them and only a retry opens them again.
 */
public final class RawRequests {

    /** The first byte of a sealed request; that of an open one is its version. */
    private static final byte SEALED = 0x53;

    private static final int IV_BYTES = 12;
    private static final int TAG_BITS = 128;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final @Nullable SecretKeySpec key;

    private RawRequests(@Nullable SecretKeySpec key) {
        this.key = key;
    }

    /** Seals with a key made of a secret; with none, requests are kept as they are. */
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

    /** Whether a request as it is kept can be read by everybody. */
    public static boolean isOpen(byte[] kept) {
        return kept.length > 0 && kept[0] != SEALED;
    }

    /** A request as it is to be kept. */
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

    /** The request as it was received; null when it was sealed with another key. */
    public byte @Nullable [] open(byte[] kept) {
        if (isOpen(kept)) {
            return kept;
        }
        if (key == null || kept.length < 1 + IV_BYTES) {
            return null;
        }
        try {
            Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
            cipher.init(
                    Cipher.DECRYPT_MODE,
                    key,
                    new GCMParameterSpec(TAG_BITS, Arrays.copyOfRange(kept, 1, 1 + IV_BYTES)));
            return cipher.doFinal(kept, 1 + IV_BYTES, kept.length - 1 - IV_BYTES);
        } catch (GeneralSecurityException e) {
            return null;
        }
    }
}
