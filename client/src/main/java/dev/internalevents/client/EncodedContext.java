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
import org.jspecify.annotations.Nullable;

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

    private static EncodedContext of(EventContext context) {
        JsonWriter out = new JsonWriter(1024);
        Contexts.of(new SelfDescribingJson(EventContext.SCHEMA, context.fields()))
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
     * Returns how many bytes {@link #writeTo} writes, or a few more; counting may stop once the sum exceeds
     * {@code enough}.
     */
    long size(AdditionalProperties properties, List<SelfDescribingJson> further, long enough) {
        long plain = rest.length
                + EXTRA.length
                + END_OF_CONTEXT.length
                + END_OF_ENVELOPE.length
                + extraBytes
                + (properties.hasExtra() ? properties.extraSize(enough) : 0);
        for (int i = 0; i < further.size() && plain <= enough; i++) {
            SelfDescribingJson one = further.get(i);
            plain += one.schema().toString().length() + 32 + JsonWriter.size(one.data(), enough);
        }
        return base64.length + plain * 4 / 3 + 6;
    }

    /** The encodings of one context, with and without its user. Each is made when it is first needed. */
    static final class Cache {

        private volatile @Nullable EncodedContext complete;
        private volatile @Nullable EncodedContext withoutUser;

        EncodedContext of(EventContext context, boolean withUser) {
            boolean isComplete = withUser || context.userId() == null;
            EncodedContext known = isComplete ? complete : withoutUser;
            if (known == null) {
                // Two threads may both encode it; the results are equal.
                if (isComplete) {
                    known = EncodedContext.of(context);
                    complete = known;
                } else {
                    known = EncodedContext.of(context.toBuilder().userId(null).build());
                    withoutUser = known;
                }
            }
            return known;
        }

        /** Returns roughly how many bytes the context adds to an event; -1 if it was not encoded yet. */
        int weight() {
            EncodedContext known = complete;
            if (known == null) {
                known = withoutUser;
            }
            return known == null ? -1 : known.weight();
        }
    }
}
