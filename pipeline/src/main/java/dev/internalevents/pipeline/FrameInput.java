package dev.internalevents.pipeline;

import dev.internalevents.protocol.MalformedPayloadException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads what {@link FrameOutput} has written. Every method throws {@link MalformedPayloadException} if the bytes are
 * anything else; a length is checked before memory is allocated for it.
 */
final class FrameInput {

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private final String what;
    private final byte[] bytes;
    private int at;

    /** @param what names what is read, for messages: "a request" */
    FrameInput(String what, byte[] bytes) {
        this.what = what;
        this.bytes = bytes;
    }

    MalformedPayloadException malformed(String why) {
        return new MalformedPayloadException(what + " " + why);
    }

    /** Returns the index of the next byte. */
    int at() {
        return at;
    }

    /** Returns a reader of the same bytes that begins at an index which {@link #at} has returned. */
    FrameInput from(int index) {
        FrameInput from = new FrameInput(what, bytes);
        from.at = index;
        return from;
    }

    int remaining() {
        return bytes.length - at;
    }

    /** Checks that everything was read. */
    void end() {
        if (remaining() > 0) {
            throw malformed("with " + remaining() + " bytes after its end");
        }
    }

    byte next() {
        if (at == bytes.length) {
            throw malformed("that is cut off");
        }
        return bytes[at++];
    }

    long number() {
        long number = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            byte next = next();
            number |= (long) (next & 0x7f) << shift;
            if (next >= 0) {
                return number;
            }
        }
        throw malformed("with a number of more than 64 bits");
    }

    long signed() {
        long number = number();
        return (number >>> 1) ^ -(number & 1);
    }

    long fixed() {
        if (remaining() < Long.BYTES) {
            throw malformed("that is cut off");
        }
        at += Long.BYTES;
        return (long) LONG.get(bytes, at - Long.BYTES);
    }

    /** Reads the number of things that follow, each of at least one byte. */
    int count(String things) {
        long count = number();
        if (count < 0 || count > remaining()) {
            throw malformed("with " + count + " " + things);
        }
        return (int) count;
    }

    byte @Nullable [] bytes() {
        int length = length();
        if (length < 0) {
            return null;
        }
        at += length;
        return Arrays.copyOfRange(bytes, at - length, at);
    }

    @Nullable
    String text() {
        int length = length();
        if (length < 0) {
            return null;
        }
        at += length;
        return new String(bytes, at - length, length, StandardCharsets.UTF_8);
    }

    String required() {
        String text = text();
        if (text == null) {
            throw missing();
        }
        return text;
    }

    /** Checks a text that must not be null, and continues after it. */
    void skipRequired() {
        int length = length();
        if (length < 0) {
            throw missing();
        }
        at += length;
    }

    private MalformedPayloadException missing() {
        return malformed("without a field that every one has");
    }

    /** Returns the length of what follows; -1 for null. */
    private int length() {
        long length = number() - 1;
        if (length < -1 || length > remaining()) {
            throw malformed("with a field of " + length + " bytes, where " + remaining() + " are left");
        }
        return (int) length;
    }
}
