package dev.internalevents.benchmarks.sink;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Counts the opening braces of a body, eight bytes at a time. The reference event has one brace, because its contexts
 * are base64, and the envelope has one more, so a sink can count events without parsing them.
 */
final class BraceCount {

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long BRACES = 0x7b7b_7b7b_7b7b_7b7bL;
    private static final long LOW_BITS = 0x7f7f_7f7f_7f7f_7f7fL;

    private BraceCount() {}

    static int in(byte[] bytes, int from, int to) {
        int count = 0;
        int at = from;
        for (; at + 8 <= to; at += 8) {
            long differences = (long) LONG.get(bytes, at) ^ BRACES;
            // The high bit of each byte is 0 exactly if all bits of the byte are.
            long nonZero = ((differences & LOW_BITS) + LOW_BITS | differences) | LOW_BITS;
            count += Long.bitCount(~nonZero);
        }
        for (; at < to; at++) {
            count += bytes[at] == '{' ? 1 : 0;
        }
        return count;
    }
}
