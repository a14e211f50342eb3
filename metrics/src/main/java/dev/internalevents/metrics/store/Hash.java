package dev.internalevents.metrics.store;

/**
 * Computes a 64-bit hash of a text that is the same in every process, because hashes are stored in files. Each
 * character is mixed in with a 128-bit product, and the result is mixed once more.
 */
final class Hash {

    private static final long SEED = 0x9E3779B97F4A7C15L;
    private static final long FACTOR = 0xD6E8FEB86659FD93L;

    private Hash() {}

    static long of(String text) {
        long hash = SEED ^ text.length();
        int at = 0;
        for (; at + 4 <= text.length(); at += 4) {
            long four = (long) text.charAt(at) << 48
                    | (long) text.charAt(at + 1) << 32
                    | (long) text.charAt(at + 2) << 16
                    | text.charAt(at + 3);
            hash = mix(hash ^ four);
        }
        long rest = 0;
        for (; at < text.length(); at++) {
            rest = rest << 16 | text.charAt(at);
        }
        return finish(mix(hash ^ rest));
    }

    private static long mix(long value) {
        return value * FACTOR ^ Math.multiplyHigh(value, FACTOR);
    }

    private static long finish(long value) {
        long mixed = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
        return mixed ^ (mixed >>> 31);
    }
}
