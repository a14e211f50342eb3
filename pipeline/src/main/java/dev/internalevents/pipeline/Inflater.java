package dev.internalevents.pipeline;

import dev.internalevents.protocol.MalformedPayloadException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import java.util.zip.InflaterInputStream;
import org.jspecify.annotations.Nullable;

/** Undoes a body's {@code Content-Encoding}, up to a limit, so that a small body cannot fill the memory. */
final class Inflater {

    /** A body may grow to this many bytes: {@value}. */
    static final int MAX_BYTES = 8_000_000;

    private Inflater() {}

    /** @throws MalformedPayloadException when the encoding is unknown, the body broken, or the result over the limit */
    static byte[] decode(RequestBody body, @Nullable String contentEncoding) {
        String encoding = contentEncoding == null ? "" : contentEncoding.strip().toLowerCase(Locale.ROOT);
        try {
            return switch (encoding) {
                case "", "identity" -> body.bytes();
                case "gzip", "x-gzip" -> read(new GZIPInputStream(new ByteArrayInputStream(body.bytes())));
                case "deflate" -> read(new InflaterInputStream(new ByteArrayInputStream(body.bytes())));
                default ->
                    throw new MalformedPayloadException(
                            "its Content-Encoding is \"" + encoding + "\"; gzip, deflate and none are known");
            };
        } catch (IOException e) {
            throw new MalformedPayloadException("it cannot be decoded as " + encoding + ": " + e.getMessage());
        }
    }

    private static byte[] read(InputStream in) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] buffer = new byte[8192];
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
            if (out.size() + n > MAX_BYTES) {
                throw new MalformedPayloadException("decoded it is larger than " + MAX_BYTES + " bytes");
            }
            out.write(buffer, 0, n);
        }
        return out.toByteArray();
    }
}
