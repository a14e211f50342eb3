package dev.internalevents.pipeline;

import dev.internalevents.protocol.MalformedPayloadException;
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
        FrameOutput out = new FrameOutput(512 + (body == null ? 0 : Math.min(body.size(), 8 << 10)));
        boolean compressed = body != null && body.size() >= MIN_COMPRESSED_BYTES;
        out.put(compressed ? COMPRESSED : PLAIN);
        if (body != null && compressed) {
            out.number(body.size());
        }
        writeHead(out, payload, payload.querystring());
        if (body == null) {
            out.bytes(null);
        } else {
            out.bytes(compressed ? Lz4.FACTORY.fastCompressor().compress(body.bytes()) : body.bytes());
        }
        return out.toByteArray();
    }

    /** Writes what a request consists of besides its body. */
    static void writeHead(FrameOutput out, CollectorPayload payload, @Nullable String querystring) {
        CollectorPayload.Source source = payload.source();
        CollectorPayload.Context context = payload.context();
        out.number(context.timestamp().toEpochMilli());
        out.text(payload.api().vendor()).text(payload.api().version()).text(querystring);
        out.text(payload.contentType()).text(payload.contentEncoding());
        out.text(source.name()).text(source.encoding()).text(source.hostname());
        out.text(context.ipAddress()).text(context.useragent());
        out.text(context.refererUri()).text(context.userId());
        out.number(context.headers().size());
        context.headers().forEach(out::text);
    }

    /** Reads what {@link #writeHead} has written; a request without a body. */
    static CollectorPayload readHead(FrameInput in) {
        Instant time = Instant.ofEpochMilli(in.number());
        CollectorPayload.Api api = new CollectorPayload.Api(orEmpty(in.text()), orEmpty(in.text()));
        String querystring = in.text();
        String contentType = in.text();
        String contentEncoding = in.text();
        CollectorPayload.Source source = new CollectorPayload.Source(orEmpty(in.text()), orEmpty(in.text()), in.text());
        String address = in.text();
        String agent = in.text();
        String referer = in.text();
        String user = in.text();
        int count = in.count("headers");
        List<String> headers = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            headers.add(orEmpty(in.text()));
        }
        return new CollectorPayload(
                api,
                querystring,
                contentType,
                contentEncoding,
                null,
                source,
                new CollectorPayload.Context(time, address, agent, referer, headers, user));
    }

    static CollectorPayload withBody(CollectorPayload head, byte @Nullable [] body) {
        return body == null
                ? head
                : new CollectorPayload(
                        head.api(),
                        head.querystring(),
                        head.contentType(),
                        head.contentEncoding(),
                        RequestBody.of(body),
                        head.source(),
                        head.context());
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
        byte[] name = originBytes(origin);
        FrameOutput out = new FrameOutput(3 + name.length + frame.length);
        return out.put(WITH_ORIGIN).bytes(name).raw(frame, frame.length).toByteArray();
    }

    /** @throws IllegalArgumentException if the origin is not valid */
    static byte[] originBytes(String origin) {
        byte[] name = origin.getBytes(StandardCharsets.UTF_8);
        if (!isOrigin(name)) {
            throw new IllegalArgumentException(
                    "an origin must be 1 to " + MAX_ORIGIN_BYTES + " printable ASCII characters without spaces");
        }
        return name;
    }

    /** Returns the origin of a request; null if the frame has none, or none that is valid. */
    public static @Nullable String origin(byte[] frame) {
        if (frame.length == 0 || frame[0] != WITH_ORIGIN) {
            return null;
        }
        try {
            FrameInput in = input(frame);
            in.next();
            return origin(in);
        } catch (MalformedPayloadException e) {
            return null;
        }
    }

    private static FrameInput input(byte[] frame) {
        return new FrameInput("a request", frame);
    }

    private static String origin(FrameInput in) {
        String origin = originOrNull(in);
        if (origin == null) {
            throw invalidOrigin(in);
        }
        return origin;
    }

    /** Reads an origin that may be null. */
    static @Nullable String originOrNull(FrameInput in) {
        byte[] name = in.bytes();
        if (name != null && !isOrigin(name)) {
            throw invalidOrigin(in);
        }
        return name == null ? null : new String(name, StandardCharsets.US_ASCII);
    }

    private static MalformedPayloadException invalidOrigin(FrameInput in) {
        return in.malformed("whose origin is not valid");
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
        FrameInput in = input(frame);
        byte version = version(in);
        if (version != PLAIN && version != COMPRESSED) {
            throw in.malformed("of version " + version + ", expected " + PLAIN + " to " + WITH_ORIGIN);
        }
        long length = version == COMPRESSED ? in.number() : 0;
        CollectorPayload head = readHead(in);
        byte[] body = version == COMPRESSED ? body(in, length) : in.bytes();
        in.end();
        return withBody(head, body);
    }

    /** Reads the version of the request itself, behind an origin. */
    private static byte version(FrameInput in) {
        byte version = in.next();
        if (version == WITH_ORIGIN) {
            origin(in);
            version = in.next();
        }
        return version;
    }

    /** Returns roughly how many bytes the request takes in memory, according to its frame, which may be wrong. */
    public static long size(byte[] frame) {
        FrameInput in = input(frame);
        try {
            if (version(in) != COMPRESSED) {
                return frame.length;
            }
            long body = in.number();
            return body < 0 || body > MAX_RATIO * frame.length ? frame.length : frame.length + body;
        } catch (MalformedPayloadException e) {
            return frame.length;
        }
    }

    private static byte[] body(FrameInput in, long length) {
        byte[] block = in.bytes();
        // Check the declared length before allocating that much memory.
        if (block == null || length < 0 || length > Math.min(MAX_BODY_BYTES, MAX_RATIO * block.length)) {
            throw in.malformed("with a compressed body whose declared length is impossible");
        }
        byte[] body = new byte[(int) length];
        try {
            if (Lz4.FACTORY.safeDecompressor().decompress(block, body) != body.length) {
                throw in.malformed("with a compressed body shorter than its declared length");
            }
        } catch (LZ4Exception e) {
            throw in.malformed("with a damaged compressed body");
        }
        return body;
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }
}
