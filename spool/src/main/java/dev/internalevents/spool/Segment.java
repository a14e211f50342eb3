package dev.internalevents.spool;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * One mapped file of frames. A header of 64 bytes (magic, size, number, CRC, and what the reader has committed), then
 * frames at multiples of 8: a word, a CRC32C, the bytes. The word says what is there: 0 nothing yet; negative a frame
 * that its writer has begun; with bit 30 a gap to pass over; else a whole frame of that many bytes.
 *
 * <p>Writers claim their place by adding to {@code tail}, so none waits for another. The word is written last: whoever
 * sees it sees the frame.
 */
final class Segment {

    static final int HEADER_BYTES = 64;
    static final int FRAME_HEADER_BYTES = 8;

    private static final String SUFFIX = ".segment";
    private static final long MAGIC = 0x4945_5350_4f4f_4c31L; // IESPOOL1
    private static final int SIZE_AT = 8;
    private static final int NUMBER_AT = 16;
    private static final int HEADER_CRC_AT = 24;
    private static final int COMMITTED_AT = 32;
    private static final int BEGUN = 0x8000_0000;
    private static final int GAP = 0x4000_0000;
    private static final byte[] ZEROS = new byte[1 << 16];

    private static final VarHandle INT = MethodHandles.byteBufferViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle TAIL;

    static {
        try {
            TAIL = MethodHandles.lookup().findVarHandle(Segment.class, "tail", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final MappedByteBuffer bytes;
    private final int capacity;
    private final long number;
    private final Path path;

    /** The segment after this one, once there is one. */
    volatile @Nullable Segment next;

    private volatile long tail = HEADER_BYTES;

    private Segment(MappedByteBuffer bytes, long number, Path path) {
        this.bytes = bytes;
        this.capacity = bytes.capacity();
        this.number = number;
        this.path = path;
    }

    /** The file of a segment. */
    static Path path(Path folder, long number) {
        return folder.resolve(String.format("%016d", number) + SUFFIX);
    }

    /** The number in a file's name, or -1 when it is no segment's. */
    static long number(Path file) {
        String name = file.getFileName().toString();
        if (!name.endsWith(SUFFIX)) {
            return -1;
        }
        try {
            return Long.parseUnsignedLong(name.substring(0, name.length() - SUFFIX.length()));
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    /**
     * A file of zeros, written out in full: that a disk is full is known now, and not by a crash when a page is written.
     */
    static MappedByteBuffer create(Path file, int size, boolean force) throws IOException {
        try (FileChannel channel = OwnerOnly.create(file)) {
            ByteBuffer zeros = ByteBuffer.wrap(ZEROS);
            for (long written = 0; written < size; ) {
                zeros.clear().limit((int) Math.min(ZEROS.length, size - written));
                written += channel.write(zeros);
            }
            if (force) {
                channel.force(true);
            }
            return channel.map(FileChannel.MapMode.READ_WRITE, 0, size);
        } catch (IOException e) {
            Files.deleteIfExists(file);
            throw e;
        }
    }

    /** An empty segment in a file of zeros, which gets the segment's name. */
    static Segment start(MappedByteBuffer zeros, Path prepared, Path folder, long number) throws IOException {
        Path path = path(folder, number);
        Files.move(prepared, path);
        zeros.order(ByteOrder.LITTLE_ENDIAN);
        zeros.putInt(SIZE_AT, zeros.capacity());
        zeros.putLong(NUMBER_AT, number);
        zeros.putLong(COMMITTED_AT, HEADER_BYTES);
        zeros.putInt(HEADER_CRC_AT, headerCrc(zeros.capacity(), number));
        zeros.putLong(0, MAGIC);
        return new Segment(zeros, number, path);
    }

    /** A segment as an earlier process left it, brought to its full size; see {@link SegmentScan}. */
    static Segment open(Path file, long number, int size) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            long length = channel.size();
            int full = (int) Math.max(size, Math.min(length, 1L << 30) + 7 & ~7L);
            for (long at = length; at < full; ) {
                at += channel.write(ByteBuffer.wrap(ZEROS, 0, (int) Math.min(ZEROS.length, full - at)), at);
            }
            MappedByteBuffer mapped = channel.map(FileChannel.MapMode.READ_WRITE, 0, full);
            mapped.order(ByteOrder.LITTLE_ENDIAN);
            return new Segment(mapped, number, file);
        }
    }

    long number() {
        return number;
    }

    int capacity() {
        return capacity;
    }

    Path path() {
        return path;
    }

    MappedByteBuffer bytes() {
        return bytes;
    }

    /** Where the next frame would go; the capacity when there is no room. */
    int tail() {
        return (int) Math.min(tail, capacity);
    }

    // Writing

    /** The bytes that a frame takes. */
    static int frameSize(int length) {
        return (FRAME_HEADER_BYTES + length + 7) & ~7;
    }

    /**
     * Appends a frame, unless it does not fit any more; then the rest of the segment becomes a gap, and nothing is ever
     * appended again. Waits for no other writer.
     *
     * @return where the frame begins, or -1
     */
    int append(byte[] frame, int from, int length) {
        int size = frameSize(length);
        long claimed = (long) TAIL.getAndAdd(this, (long) size);
        if (claimed + size > capacity) {
            if (claimed < capacity) {
                gap((int) claimed, capacity - (int) claimed);
            }
            return -1;
        }
        int at = (int) claimed;
        INT.setRelease(bytes, at, BEGUN | size);
        bytes.put(at + FRAME_HEADER_BYTES, frame, from, length);
        INT.set(bytes, at + 4, crc(frame, from, length, at));
        INT.setRelease(bytes, at, length);
        return at;
    }

    /** Nothing more is appended here. */
    void seal() {
        long claimed = (long) TAIL.getAndAdd(this, (long) capacity);
        if (claimed < capacity) {
            gap((int) claimed, capacity - (int) claimed);
        }
    }

    private void gap(int at, int size) {
        INT.set(bytes, at + 4, gapCrc(at, size));
        INT.setRelease(bytes, at, GAP | size);
    }

    // Reading

    /** The length of the frame at a place; 0 when it is not there yet, negative for a gap of that size. */
    int lengthAt(int at) {
        int word = (int) INT.getAcquire(bytes, at);
        if (word <= 0) {
            return 0;
        }
        return (word & GAP) == 0 ? word : -(word & ~GAP);
    }

    void copy(int at, int length, byte[] into, int offset) {
        bytes.get(at + FRAME_HEADER_BYTES, into, offset, length);
    }

    int committed() {
        return (int) (long) LONG.getAcquire(bytes, COMMITTED_AT);
    }

    void commit(int offset) {
        LONG.setRelease(bytes, COMMITTED_AT, (long) offset);
    }

    // After a crash

    boolean hasWholeHeader() {
        return bytes.getLong(0) == MAGIC
                && bytes.getInt(SIZE_AT) == capacity
                && bytes.getLong(NUMBER_AT) == number
                && bytes.getInt(HEADER_CRC_AT) == headerCrc(capacity, number)
                && committed() >= HEADER_BYTES
                && committed() <= capacity
                && committed() % 8 == 0;
    }

    boolean isAllZeros() {
        for (int at = 0; at < capacity; at += 8) {
            if (bytes.getLong(at) != 0) {
                return false;
            }
        }
        return true;
    }

    void restoreHeader() {
        bytes.putInt(SIZE_AT, capacity);
        bytes.putLong(NUMBER_AT, number);
        bytes.putLong(COMMITTED_AT, HEADER_BYTES);
        bytes.putInt(HEADER_CRC_AT, headerCrc(capacity, number));
        bytes.putLong(0, MAGIC);
    }

    /** The size of the whole frame or gap at a place, its CRC checked; 0 when there is none. */
    int wholeAt(int at) {
        int word = bytes.getInt(at);
        if (word <= 0) {
            return 0;
        }
        if ((word & GAP) != 0) {
            int size = word & ~GAP;
            boolean fits = size >= FRAME_HEADER_BYTES && size % 8 == 0 && size <= capacity - at;
            return fits && bytes.getInt(at + 4) == gapCrc(at, size) ? size : 0;
        }
        if (word > capacity - at - FRAME_HEADER_BYTES) {
            return 0;
        }
        byte[] frame = new byte[word];
        copy(at, word, frame, 0);
        return bytes.getInt(at + 4) == crc(frame, 0, word, at) ? frameSize(word) : 0;
    }

    /** Whether a frame was begun here, or not even that: what a writer leaves that was killed. */
    boolean isUnfinishedAt(int at) {
        return bytes.getInt(at) <= 0;
    }

    boolean isZero(int from, int to) {
        for (int at = from; at < to; at += 8) {
            if (bytes.getLong(at) != 0) {
                return false;
            }
        }
        return true;
    }

    void passOver(int from, int to) {
        gap(from, to - from);
    }

    /** Cuts everything from a place on; appending goes on there. */
    void truncate(int at) {
        zero(bytes, at, capacity);
        tail = at;
    }

    static void zero(MappedByteBuffer bytes, int from, int to) {
        for (int at = from; at < to; at += ZEROS.length) {
            bytes.put(at, ZEROS, 0, Math.min(ZEROS.length, to - at));
        }
    }

    /** The segment's number and the place are in it, so that no byte of another frame is ever taken for this one. */
    private int crc(byte[] frame, int from, int length, int at) {
        CRC32C crc = new CRC32C();
        crc.update(frame, from, length);
        return (int) crc.getValue() ^ salt(at, length);
    }

    private int gapCrc(int at, int size) {
        return ~salt(at, size);
    }

    private int salt(int at, int length) {
        long mixed = (number * 0x9e37_79b9_7f4a_7c15L) ^ ((long) at << 32 | length) * 0xc2b2_ae3d_27d4_eb4fL;
        return (int) (mixed ^ mixed >>> 32);
    }

    private static int headerCrc(int size, long number) {
        CRC32C crc = new CRC32C();
        crc.update(ByteBuffer.allocate(20)
                .putLong(MAGIC)
                .putInt(size)
                .putLong(number)
                .flip());
        return (int) crc.getValue();
    }
}
