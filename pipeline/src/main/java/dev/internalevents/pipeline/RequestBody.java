package dev.internalevents.pipeline;

import dev.internalevents.protocol.Json;
import dev.internalevents.protocol.MalformedPayloadException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** The body of a request, byte by byte as it came. Immutable. */
public final class RequestBody {

    private final byte[] bytes;

    private RequestBody(byte[] bytes) {
        this.bytes = bytes;
    }

    /** Takes the array over; nobody may change it afterwards. */
    public static RequestBody of(byte[] bytes) {
        return new RequestBody(bytes);
    }

    public int size() {
        return bytes.length;
    }

    public boolean isEmpty() {
        return bytes.length == 0;
    }

    /** The body as text; what is no UTF-8 shows as U+FFFD. */
    public String text() {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** Whether {@link #text} is the whole truth. */
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

    /** The size alone: the content may be personal data. */
    @Override
    public String toString() {
        return "RequestBody[" + bytes.length + " bytes]";
    }
}
