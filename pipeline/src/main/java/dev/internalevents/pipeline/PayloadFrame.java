package dev.internalevents.pipeline;

import dev.internalevents.protocol.MalformedPayloadException;
import java.io.ByteArrayOutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import net.jpountz.lz4.LZ4Exception;
import net.jpountz.lz4.LZ4Factory;
import org.jspecify.annotations.Nullable;

/**
 * Encodes a request as bytes for spools, topics and the store: a version, the time, then texts, the body last. A text
 * is its length plus one, followed by UTF-8; null is a zero. In version 2 the body is an LZ4 block; its uncompressed
 * length follows the version. The events of a body resemble each other, so it compresses well, and less has to be
 * forced to disk.
 *
 * <p>Version 3 is the request's <i>origin</i>, as a text, followed by a whole frame of version 1 or 2. The origin is
 * the position in the spool of the collector that received the request. In that spool the frame has none, because its
 * reader knows the position; any copy of it has one, so that the request is recognized wherever the copy is read.
 */
public final class PayloadFrame {

    private static final byte PLAIN = 1;
    private static final byte COMPRESSED = 2;
    private static final byte WITH_ORIGIN = 3;

    private static final int MAX_ORIGIN_BYTES = 255;

    /** Smaller bodies have one or two events, and compression gains little. */
    private static final int MIN_COMPRESSED_BYTES = 4096;

    /** The maximum compression ratio of LZ4. */
    private static final long MAX_RATIO = 255;

    /** The maximum array length that every JVM supports. */
    private static final int MAX_BODY_BYTES = Integer.MAX_VALUE - 8;

    /** Loaded with the first large body, because a local collector may never receive one. */
    private static final class Lz4 {
        /** The Java implementation: no native library is unpacked and loaded. */
        private static final LZ4Factory FACTORY = LZ4Factory.fastestJavaInstance();
    }

    private PayloadFrame() {}

    /** Encodes a request. */
    public static byte[] encode(CollectorPayload payload) {
        RequestBody body = payload.body();
        CollectorPayload.Context context = payload.context();
        ByteArrayOutputStream out =
                new ByteArrayOutputStream(512 + (body == null ? 0 : Math.min(body.size(), 8 << 10)));
        boolean compressed = body != null && body.size() >= MIN_COMPRESSED_BYTES;
        out.write(compressed ? COMPRESSED : PLAIN);
        if (body != null && compressed) {
            number(out, body.size());
        }
        number(out, context.timestamp().toEpochMilli());
        text(out, payload.api().vendor());
        text(out, payload.api().version());
        text(out, payload.querystring());
        text(out, payload.contentType());
        text(out, payload.contentEncoding());
        text(out, payload.source().name());
        text(out, payload.source().encoding());
        text(out, payload.source().hostname());
        text(out, context.ipAddress());
        text(out, context.useragent());
        text(out, context.refererUri());
        text(out, context.userId());
        number(out, context.headers().size());
        context.headers().forEach(header -> text(out, header));
        if (body != null) {
            bytes(out, compressed ? Lz4.FACTORY.fastCompressor().compress(body.bytes()) : body.bytes());
        } else {
            bytes(out, null);
        }
        return out.toByteArray();
    }

    /**
     * Returns a frame with an origin; a frame that already has one is returned as it is.
     *
     * @param origin identifies the request: 1 to 255 printable ASCII characters without spaces
     * @throws IllegalArgumentException if the origin is not valid
     */
    public static byte[] withOrigin(byte[] frame, String origin) {
        if (frame.length > 0 && frame[0] == WITH_ORIGIN) {
            return frame;
        }
        byte[] name = origin.getBytes(StandardCharsets.UTF_8);
        if (!isOrigin(name)) {
            throw new IllegalArgumentException(
                    "an origin must be 1 to " + MAX_ORIGIN_BYTES + " printable ASCII characters without spaces");
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream(3 + name.length + frame.length);
        out.write(WITH_ORIGIN);
        bytes(out, name);
        out.write(frame, 0, frame.length);
        return out.toByteArray();
    }

    /** Returns the origin of a request; null if the frame has none, or none that is valid. */
    public static @Nullable String origin(byte[] frame) {
        if (frame.length == 0 || frame[0] != WITH_ORIGIN) {
            return null;
        }
        try {
            return origin(ByteBuffer.wrap(frame, 1, frame.length - 1));
        } catch (BufferUnderflowException | MalformedPayloadException e) {
            return null;
        }
    }

    private static String origin(ByteBuffer in) {
        byte[] name = bytes(in);
        if (name == null || !isOrigin(name)) {
            throw new MalformedPayloadException("a request whose origin is not valid");
        }
        return new String(name, StandardCharsets.US_ASCII);
    }

    private static boolean isOrigin(byte[] name) {
        if (name.length == 0 || name.length > MAX_ORIGIN_BYTES) {
            return false;
        }
        for (byte c : name) {
            if (c <= ' ' || c == 0x7f) {
                return false;
            }
        }
        return true;
    }

    /**
     * Decodes a request.
     *
     * @throws MalformedPayloadException if the bytes are not a valid frame
     */
    public static CollectorPayload decode(byte[] frame) {
        ByteBuffer in = ByteBuffer.wrap(frame);
        try {
            byte version = in.get();
            if (version == WITH_ORIGIN) {
                origin(in);
                version = in.get();
            }
            if (version != PLAIN && version != COMPRESSED) {
                throw new MalformedPayloadException(
                        "a request of version " + version + ", expected " + PLAIN + " to " + WITH_ORIGIN);
            }
            long length = version == COMPRESSED ? number(in) : 0;
            Instant time = Instant.ofEpochMilli(number(in));
            CollectorPayload.Api api = new CollectorPayload.Api(orEmpty(text(in)), orEmpty(text(in)));
            String querystring = text(in);
            String contentType = text(in);
            String contentEncoding = text(in);
            CollectorPayload.Source source =
                    new CollectorPayload.Source(orEmpty(text(in)), orEmpty(text(in)), text(in));
            String address = text(in);
            String agent = text(in);
            String referer = text(in);
            String user = text(in);
            long count = number(in);
            if (count < 0 || count > in.remaining()) {
                throw new MalformedPayloadException("a request with " + count + " headers");
            }
            List<String> headers = new ArrayList<>((int) count);
            for (int i = 0; i < count; i++) {
                headers.add(orEmpty(text(in)));
            }
            byte[] body = version == COMPRESSED ? body(in, length) : bytes(in);
            if (in.hasRemaining()) {
                throw new MalformedPayloadException("a request with " + in.remaining() + " bytes after its end");
            }
            return new CollectorPayload(
                    api,
                    querystring,
                    contentType,
                    contentEncoding,
                    body == null ? null : RequestBody.of(body),
                    source,
                    new CollectorPayload.Context(time, address, agent, referer, headers, user));
        } catch (BufferUnderflowException e) {
            throw new MalformedPayloadException("a request that is cut off");
        }
    }

    /** Returns roughly how many bytes the request takes in memory, according to its frame, which may be wrong. */
    public static long size(byte[] frame) {
        ByteBuffer in = ByteBuffer.wrap(frame);
        try {
            byte version = in.get();
            if (version == WITH_ORIGIN) {
                origin(in);
                version = in.get();
            }
            if (version != COMPRESSED) {
                return frame.length;
            }
            long body = number(in);
            return body < 0 || body > MAX_RATIO * frame.length ? frame.length : frame.length + body;
        } catch (BufferUnderflowException | MalformedPayloadException e) {
            return frame.length;
        }
    }

    private static byte[] body(ByteBuffer in, long length) {
        byte[] block = bytes(in);
        // Check the declared length before allocating that much memory.
        if (block == null || length < 0 || length > Math.min(MAX_BODY_BYTES, MAX_RATIO * block.length)) {
            throw new MalformedPayloadException("a request with a compressed body whose declared length is impossible");
        }
        byte[] body = new byte[(int) length];
        try {
            if (Lz4.FACTORY.safeDecompressor().decompress(block, body) != body.length) {
                throw new MalformedPayloadException(
                        "a request with a compressed body shorter than its declared length");
            }
        } catch (LZ4Exception e) {
            throw new MalformedPayloadException("a request with a damaged compressed body");
        }
        return body;
    }

    private static void text(ByteArrayOutputStream out, @Nullable String text) {
        bytes(out, text == null ? null : text.getBytes(StandardCharsets.UTF_8));
    }

    private static void bytes(ByteArrayOutputStream out, byte @Nullable [] bytes) {
        number(out, bytes == null ? 0 : bytes.length + 1L);
        if (bytes != null) {
            out.write(bytes, 0, bytes.length);
        }
    }

    /** Writes seven bits per byte, the lowest first. */
    private static void number(ByteArrayOutputStream out, long number) {
        long left = number;
        while ((left & ~0x7fL) != 0) {
            out.write((int) (left & 0x7f) | 0x80);
            left >>>= 7;
        }
        out.write((int) left);
    }

    private static long number(ByteBuffer in) {
        long number = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            byte next = in.get();
            number |= (long) (next & 0x7f) << shift;
            if (next >= 0) {
                return number;
            }
        }
        throw new MalformedPayloadException("a request with a number of more than 64 bits");
    }

    private static byte @Nullable [] bytes(ByteBuffer in) {
        long length = number(in) - 1;
        if (length == -1) {
            return null;
        }
        if (length < 0 || length > in.remaining()) {
            throw new MalformedPayloadException(
                    "a request with a field of " + length + " bytes, where " + in.remaining() + " are left");
        }
        byte[] bytes = new byte[(int) length];
        in.get(bytes);
        return bytes;
    }

    private static @Nullable String text(ByteBuffer in) {
        byte[] bytes = bytes(in);
        return bytes == null ? null : new String(bytes, StandardCharsets.UTF_8);
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }
}
