package dev.internalevents.store.ids;

import dev.internalevents.pipeline.EventKey;

/**
 * Hashes event keys to 63 bits: 43 of the id, then 20 of id and fingerprint together. Events with the same id are
 * neighbours in the order of these hashes, and each can be found without reading the others. The hash is SipHash-1-3
 * with a secret key, because ids are untrusted: without it, senders could choose ids that collide in the index. Used by
 * one thread at a time.
 */
final class IdHash {

    /** The low bits, which depend also on the fingerprint. */
    static final long FINGERPRINT_MASK = (1L << 20) - 1;

    private final long key0;
    private final long key1;
    private long v0;
    private long v1;
    private long v2;
    private long v3;

    IdHash(long key0, long key1) {
        this.key0 = key0;
        this.key1 = key1;
    }

    /** Returns the hash of a key; not negative. */
    long of(EventKey key) {
        v0 = key0 ^ 0x736f6d6570736575L;
        v1 = key1 ^ 0x646f72616e646f6dL;
        v2 = key0 ^ 0x6c7967656e657261L;
        v3 = key1 ^ 0x7465646279746573L;
        word(key.id().getMostSignificantBits());
        word(key.id().getLeastSignificantBits());
        long a = v0;
        long b = v1;
        long c = v2;
        long d = v3;
        long ofId = finish();
        v0 = a;
        v1 = b;
        v2 = c;
        v3 = d;
        word(key.high());
        word(key.low());
        return ((ofId >>> 1) & ~FINGERPRINT_MASK) | (finish() & FINGERPRINT_MASK);
    }

    private void word(long word) {
        v3 ^= word;
        round();
        v0 ^= word;
    }

    private long finish() {
        v2 ^= 0xff;
        round();
        round();
        round();
        return v0 ^ v1 ^ v2 ^ v3;
    }

    private void round() {
        v0 += v1;
        v1 = Long.rotateLeft(v1, 13) ^ v0;
        v0 = Long.rotateLeft(v0, 32);
        v2 += v3;
        v3 = Long.rotateLeft(v3, 16) ^ v2;
        v0 += v3;
        v3 = Long.rotateLeft(v3, 21) ^ v0;
        v2 += v1;
        v1 = Long.rotateLeft(v1, 17) ^ v2;
        v2 = Long.rotateLeft(v2, 32);
    }
}
