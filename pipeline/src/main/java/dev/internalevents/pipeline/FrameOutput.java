package dev.internalevents.pipeline;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a frame while they are written. A number takes seven bits per byte, the lowest first. A text is its
 * length in UTF-8 plus one, followed by the bytes; null is a zero.
 */
final class FrameOutput {

    private static final int MAX_NUMBER_BYTES = 10;
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private byte[] bytes;
    private int length;

    FrameOutput(int capacity) {
        this.bytes = new byte[Math.max(MAX_NUMBER_BYTES, capacity)];
    }

    /** Discards what was written. */
    FrameOutput reset() {
        length = 0;
        return this;
    }

    int capacity() {
        return bytes.length;
    }

    private void ensure(int more) {
        if (more > bytes.length - length) {
            bytes = Arrays.copyOf(bytes, Math.max(Math.addExact(length, more), (int) Math.min(2L * length, 1 << 30)));
        }
    }

    FrameOutput put(int value) {
        ensure(1);
        bytes[length++] = (byte) value;
        return this;
    }

    FrameOutput number(long number) {
        ensure(MAX_NUMBER_BYTES);
        long left = number;
        while ((left & ~0x7fL) != 0) {
            bytes[length++] = (byte) ((left & 0x7f) | 0x80);
            left >>>= 7;
        }
        bytes[length++] = (byte) left;
        return this;
    }

    /** Writes a number that may be negative; those near zero take few bytes. */
    FrameOutput signed(long number) {
        return number((number << 1) ^ (number >> 63));
    }

    /** Writes all 64 bits. */
    FrameOutput fixed(long number) {
        ensure(Long.BYTES);
        LONG.set(bytes, length, number);
        length += Long.BYTES;
        return this;
    }

    FrameOutput text(@Nullable String text) {
        return text == null ? number(0) : bytes(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Writes bytes as a text is written. */
    FrameOutput bytes(byte @Nullable [] source) {
        return source == null ? number(0) : bytes(source, source.length);
    }

    FrameOutput bytes(byte[] source, int count) {
        number(count + 1L);
        return raw(source, count);
    }

    /** Writes bytes without their length. */
    FrameOutput raw(byte[] source, int count) {
        ensure(count);
        System.arraycopy(source, 0, bytes, length, count);
        length += count;
        return this;
    }

    byte[] toByteArray() {
        return Arrays.copyOf(bytes, length);
    }
}
