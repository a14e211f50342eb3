package dev.internalevents.pipeline;

import dev.internalevents.protocol.Json;
import dev.internalevents.protocol.MalformedPayloadException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** The body of a request, the exact bytes received. Immutable. */
public final class RequestBody {

    private final byte[] bytes;

    private RequestBody(byte[] bytes) {
        this.bytes = bytes;
    }

    /** Wraps an array without copying it; it must not be changed afterwards. */
    public static RequestBody of(byte[] bytes) {
        return new RequestBody(bytes);
    }

    public int size() {
        return bytes.length;
    }

    public boolean isEmpty() {
        return bytes.length == 0;
    }

    /** Returns the body as text; bytes that are not valid UTF-8 become U+FFFD. */
    public String text() {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** Returns whether {@link #text} represents the body without loss. */
    public boolean isText() {
        try {
            Json.text(bytes);
            return true;
        } catch (MalformedPayloadException e) {
            return false;
        }
    }

    public String base64() {
        return Base64.getEncoder().encodeToString(bytes);
    }

    byte[] bytes() {
        return bytes;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof RequestBody body && Arrays.equals(bytes, body.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /** Returns only the size: the content may be personal data. */
    @Override
    public String toString() {
        return "RequestBody[" + bytes.length + " bytes]";
    }
}
