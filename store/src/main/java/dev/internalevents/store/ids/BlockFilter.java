package dev.internalevents.store.ids;

import java.nio.ByteBuffer;

/**
 * A Bloom filter in blocks of eight words: an id has one block, and a bit in each word of it. Ids in the order of their
 * hashes have blocks in the order of the file.
 */
final class BlockFilter {

    static final int WORDS = RunHeader.BLOCK_BYTES / Long.BYTES;
    private static final int BITS_OF_A_BIT = 6;

    private BlockFilter() {}

    /** Where in each word the bit of an id is, six bits a word. */
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
