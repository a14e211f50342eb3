package dev.internalevents.metrics.store;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A unique count in {@value #PARTS} parts, for a store that merges counts elsewhere: a batch changes only the parts of
 * its values, of 1 KB at most. A part is a set of hashes until the registers of a HyperLogLog are smaller. Counts have
 * the same error as in {@link MemoryMetricStore}: none up to 1,000 values, beyond that a standard error of 0.41 %.
 *
 * <p>An instance adds up parts of any number of counts. Not thread-safe.
 */
public final class UniqueParts {

    /** The number of parts: {@value}. */
    public static final int PARTS = 64;

    private static final int PART_BITS = Integer.numberOfTrailingZeros(PARTS);
    private static final int REGISTERS = Sketch.REGISTERS / PARTS;
    private static final byte HASHES_FORMAT = 1;
    private static final byte REGISTERS_FORMAT = 2;

    /** The largest set that is smaller than the registers. */
    private static final int MAX_HASHES = REGISTERS / Long.BYTES;

    private final UniqueCount all = new UniqueCount();

    /** Returns the hash of a value, which is the same in every process. */
    public static long hash(String value) {
        long hash = Hash.of(value);
        return hash == 0 ? 1 : hash;
    }

    /** Returns the part of a hash, from 0. */
    public static int partOf(long hash) {
        return (int) (hash >>> (Long.SIZE - PART_BITS));
    }

    /**
     * Adds hashes to a part.
     *
     * @param content the part's content; empty if there is none yet
     * @param hashes of this part
     * @return the new content; null if the part has all hashes already
     * @throws IllegalArgumentException if the content is not that of a part
     */
    public static byte @Nullable [] merge(byte[] content, long[] hashes) {
        byte[] registers = registersOf(content);
        if (registers != null) {
            return addAll(registers, hashes) ? withFormat(registers) : null;
        }
        long[] present = hashesOf(content);
        long[] union = Arrays.copyOf(present, present.length + hashes.length);
        System.arraycopy(hashes, 0, union, present.length, hashes.length);
        long[] distinct = Arrays.stream(union).sorted().distinct().toArray();
        if (distinct.length == present.length) {
            return null;
        }
        if (distinct.length > MAX_HASHES) {
            byte[] first = new byte[REGISTERS];
            addAll(first, distinct);
            return withFormat(first);
        }
        ByteBuffer out = ByteBuffer.allocate(1 + Long.BYTES * distinct.length).put(HASHES_FORMAT);
        for (long hash : distinct) {
            out.putLong(hash);
        }
        return out.array();
    }

    /**
     * Adds a part to the counts of this instance.
     *
     * @param part from 0
     * @throws IllegalArgumentException if there is no such part, or the content is not that of a part
     */
    public void add(int part, byte[] content) {
        if (part < 0 || part >= PARTS) {
            throw new IllegalArgumentException("there is no part " + part);
        }
        byte[] registers = registersOf(content);
        if (registers == null) {
            for (long hash : hashesOf(content)) {
                all.add(hash);
            }
        } else {
            all.addRegisters(part * REGISTERS, registers);
        }
    }

    /** Returns the number of different values in all parts that were added. */
    public long count() {
        return all.count();
    }

    private static boolean addAll(byte[] registers, long[] hashes) {
        boolean changed = false;
        for (long hash : hashes) {
            int register = Sketch.register(hash) & (REGISTERS - 1);
            byte rank = Sketch.rank(hash);
            if (rank > registers[register]) {
                registers[register] = rank;
                changed = true;
            }
        }
        return changed;
    }

    private static byte[] withFormat(byte[] registers) {
        return ByteBuffer.allocate(1 + REGISTERS)
                .put(REGISTERS_FORMAT)
                .put(registers)
                .array();
    }

    private static byte @Nullable [] registersOf(byte[] content) {
        if (content.length == 0 || content[0] != REGISTERS_FORMAT) {
            return null;
        }
        if (content.length != 1 + REGISTERS) {
            throw new IllegalArgumentException((content.length - 1) + " registers, expected " + REGISTERS);
        }
        byte[] registers = Arrays.copyOfRange(content, 1, content.length);
        for (byte register : registers) {
            if (register < 0 || register > Sketch.MAX_RANK) {
                throw new IllegalArgumentException("a register of " + register + ", expected 0 to " + Sketch.MAX_RANK);
            }
        }
        return registers;
    }

    private static long[] hashesOf(byte[] content) {
        if (content.length == 0) {
            return new long[0];
        }
        int bytes = content.length - 1;
        if (content[0] != HASHES_FORMAT || bytes % Long.BYTES != 0 || bytes / Long.BYTES > MAX_HASHES) {
            throw new IllegalArgumentException(
                    "content of format " + content[0] + " and " + bytes + " bytes, expected hashes or registers");
        }
        long[] hashes = new long[bytes / Long.BYTES];
        ByteBuffer.wrap(content, 1, bytes).asLongBuffer().get(hashes);
        return hashes;
    }
}
