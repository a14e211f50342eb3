package dev.internalevents.pipeline;

import dev.internalevents.protocol.MalformedPayloadException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import java.util.zip.InflaterInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Decompresses a body according to its {@code Content-Encoding}, up to a limit so that a small body cannot exhaust the
 * memory.
 */
final class Inflater {

    /** The maximum size of a decompressed body in bytes: {@value}. */
    static final int MAX_BYTES = 8_000_000;

    private Inflater() {}

    /**
     * Returns the decompressed body.
     *
     * @throws MalformedPayloadException if the encoding is unknown, the body is damaged, or the result is over the
     *     limit
     */
    static byte[] decode(RequestBody body, @Nullable String contentEncoding) {
        String encoding = contentEncoding == null ? "" : contentEncoding.strip().toLowerCase(Locale.ROOT);
        try {
            return switch (encoding) {
                case "", "identity" -> body.bytes();
                case "gzip", "x-gzip" -> read(new GZIPInputStream(new ByteArrayInputStream(body.bytes())));
                case "deflate" -> read(new InflaterInputStream(new ByteArrayInputStream(body.bytes())));
                default ->
                    throw new MalformedPayloadException(
                            "its Content-Encoding is \"" + encoding + "\"; expected gzip, deflate or no encoding");
            };
        } catch (IOException e) {
            throw new MalformedPayloadException("it cannot be decoded as " + encoding + ": " + e.getMessage());
        }
    }

    /**
     * Returns what can be read of a body that cannot be decoded completely. A compressed body is recognized by its
     * content, and decompressed until the damage or until about {@value #MAX_BYTES} bytes. Any other body is returned
     * as it is.
     */
    static byte[] beginning(RequestBody body, @Nullable String contentEncoding) {
        byte[] bytes = body.bytes();
        boolean isGzip = bytes.length > 2 && (bytes[0] & 0xff) == 0x1f && (bytes[1] & 0xff) == 0x8b;
        boolean isDeflate = contentEncoding != null && contentEncoding.strip().equalsIgnoreCase("deflate");
        byte[] read = new byte[0];
        if (isGzip) {
            read = beginning(() -> new GZIPInputStream(new ByteArrayInputStream(bytes)));
        } else if (isDeflate) {
            read = beginning(() -> new InflaterInputStream(new ByteArrayInputStream(bytes)));
            if (read.length == 0) {
                // Some senders omit the zlib header.
                read = beginning(() ->
                        new InflaterInputStream(new ByteArrayInputStream(bytes), new java.util.zip.Inflater(true)));
            }
        }
        return read.length == 0 ? bytes : read;
    }

    private interface Opening {
        InputStream open() throws IOException;
    }

    private static byte[] beginning(Opening opening) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] buffer = new byte[8192];
        try (InputStream in = opening.open()) {
            int n = in.read(buffer);
            while (n >= 0 && out.size() < MAX_BYTES) {
                out.write(buffer, 0, n);
                Arrays.fill(buffer, (byte) 0);
                n = in.read(buffer);
            }
        } catch (IOException e) {
            // The buffer already has what was decompressed before the damage.
            int end = buffer.length;
            while (end > 0 && buffer[end - 1] == 0) {
                end--;
            }
            out.write(buffer, 0, end);
        }
        return out.toByteArray();
    }

    private static byte[] read(InputStream in) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] buffer = new byte[8192];
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
            if (out.size() + n > MAX_BYTES) {
                throw new MalformedPayloadException("it is larger than " + MAX_BYTES + " bytes when decompressed");
            }
            out.write(buffer, 0, n);
        }
        return out.toByteArray();
    }
}
