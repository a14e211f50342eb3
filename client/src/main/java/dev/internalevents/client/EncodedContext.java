package dev.internalevents.client;

import dev.internalevents.protocol.Contexts;
import dev.internalevents.protocol.JsonWriter;
import dev.internalevents.protocol.SelfDescribingJson;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/**
 * The contexts of an event up to its {@code extra}: the envelope and {@code gitlab_standard} without its last two
 * brackets. All events of a request begin with it, so it is base64-encoded only once.
 */
final class EncodedContext {

    private static final byte[] COMMA = {','};
    private static final byte[] EXTRA = ",\"extra\":".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] END_OF_CONTEXT = "}}".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] END_OF_ENVELOPE = "]}".getBytes(StandardCharsets.US_ASCII);

    private final byte[] base64;
    private final byte[] rest;

    /** Merged into the {@code extra} of each event, so it cannot be encoded ahead. */
    private final Map<String, Object> extra;

    private final int extraBytes;

    private EncodedContext(byte[] base64, byte[] rest, Map<String, Object> extra) {
        this.base64 = base64;
        this.rest = rest;
        this.extra = extra;
        this.extraBytes = extra.isEmpty() ? 0 : (int) JsonWriter.size(extra, Integer.MAX_VALUE);
    }

    /** Encodes a context without its {@code extra}, which is merged with that of each event. */
    static EncodedContext of(EventContext context) {
        JsonWriter out = new JsonWriter(1024);
        Contexts.of(new SelfDescribingJson(EventContext.SCHEMA, context.fields(Map.of())))
                .writeTo(out);
        int length = out.length() - END_OF_CONTEXT.length - END_OF_ENVELOPE.length;
        // The bytes after the last whole base64 group are encoded together with what follows.
        int whole = length - length % 3;
        byte[] base64 = Base64.getUrlEncoder()
                .encode(ByteBuffer.wrap(out.array(), 0, whole))
                .array();
        return new EncodedContext(base64, Arrays.copyOfRange(out.array(), whole, length), context.extra());
    }

    /**
     * Writes the complete contexts as a base64 string.
     *
     * @param scratch a temporary buffer; overwritten
     */
    void writeTo(
            JsonWriter out, AdditionalProperties properties, List<SelfDescribingJson> further, JsonWriter scratch) {
        scratch.reset().raw(rest, 0, rest.length);
        if (properties.hasExtra() || extraBytes > 0) {
            scratch.raw(EXTRA, 0, EXTRA.length);
            properties.writeExtraTo(scratch, extra);
        }
        scratch.raw(END_OF_CONTEXT, 0, END_OF_CONTEXT.length);
        for (int i = 0; i < further.size(); i++) {
            scratch.raw(COMMA, 0, COMMA.length);
            further.get(i).writeTo(scratch);
        }
        scratch.raw(END_OF_ENVELOPE, 0, END_OF_ENVELOPE.length);
        out.base64(base64, scratch);
    }

    /** Returns roughly how many bytes it adds to an event. */
    int weight() {
        return base64.length + extraBytes;
    }

    /**
     * Returns how many bytes {@link #writeTo} writes.
     *
     * @param enough counting may stop once the result exceeds this number; a higher result is not exact
     */
    long size(AdditionalProperties properties, List<SelfDescribingJson> further, long enough) {
        long plain = (long) rest.length + END_OF_CONTEXT.length + END_OF_ENVELOPE.length;
        if (properties.hasExtra() || extraBytes > 0) {
            plain += EXTRA.length + properties.extraSize(extra, extraBytes, enough);
        }
        for (int i = 0; i < further.size() && plain <= enough; i++) {
            plain += COMMA.length + further.get(i).size(enough - plain);
        }
        return 2 + base64.length + JsonWriter.base64Size(plain);
    }
}
