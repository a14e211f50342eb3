package dev.internalevents.store.ids;

import java.nio.ByteBuffer;

/**
 * A Bloom filter in blocks of eight words: each id has one block, and one bit in each word of it. Blocks in the file
 * are in the order of the ids' hashes.
 */
final class BlockFilter {

    static final int WORDS = RunHeader.BLOCK_BYTES / Long.BYTES;
    private static final int BITS_OF_A_BIT = 6;

    private BlockFilter() {}

    /** Returns the positions of an id's bits in the words of its block, six bits per word. */
    static long bits(long key) {
        long mixed = (key >>> 20) * 0xbf58476d1ce4e5b9L;
        mixed = (mixed ^ mixed >>> 32) * 0x94d049bb133111ebL;
        return mixed >>> (Long.SIZE - WORDS * BITS_OF_A_BIT);
    }

    static void add(long[] block, long bits) {
        for (int i = 0; i < WORDS; i++) {
            block[i] |= 1L << (bits >>> (i * BITS_OF_A_BIT));
        }
    }

    static boolean has(ByteBuffer bytes, int block, long bits) {
        for (int i = 0; i < WORDS; i++) {
            if ((bytes.getLong(block + i * Long.BYTES) & (1L << (bits >>> (i * BITS_OF_A_BIT)))) == 0) {
                return false;
            }
        }
        return true;
    }
}
