package dev.internalevents.spool;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * One file of frames. It has a header of 64 bytes (magic, size, number, CRC, and the commit position), then frames at
 * multiples of 8: a word, a CRC32C, the bytes. The word says what is there: 0 for nothing yet; negative for a frame
 * that its writer has started; with bit 30 set, a gap to skip; otherwise a complete frame of that many bytes.
 *
 * <p>Writers claim their place by adding to {@code tail}, so no writer waits for another. The word is written last: a
 * reader that sees it sees the whole frame.
 */
abstract sealed class Segment permits MappedSegment, StagedSegment {

    static final int HEADER_BYTES = 64;
    static final int FRAME_HEADER_BYTES = 8;

    static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

    private static final String SUFFIX = ".segment";
    static final long MAGIC = 0x4945_5350_4f4f_4c31L; // IESPOOL1
    static final int SIZE_AT = 8;
    static final int NUMBER_AT = 16;
    static final int HEADER_CRC_AT = 24;
    static final int COMMITTED_AT = 32;

    /** Not zero: the last frame may be followed by frames of an earlier segment that used this file. */
    static final int USED_AT = 40;

    /** Not zero: committed frames are overwritten with zeros. */
    static final int WIPE_AT = 44;

    /** Replaces the magic number while a file waits to be reused as a segment. */
    static final long SPARE = 0x4945_5350_4152_4531L; // IESPARE1

    private static final int BEGUN = 0x8000_0000;
    static final int GAP = 0x4000_0000;
    static final byte[] ZEROS = new byte[1 << 16];

    static final VarHandle INT = MethodHandles.byteBufferViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    static final VarHandle LONG = MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle TAIL;

    static {
        try {
            TAIL = MethodHandles.lookup().findVarHandle(Segment.class, "tail", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final int capacity;
    private final long number;
    private final Path path;

    /** The segment after this one; null until there is one. */
    volatile @Nullable Segment next;

    private volatile long tail = HEADER_BYTES;

    /** Offsets and their sizes, alternating. */
    private final int[] unfinished = new int[2 * 64];

    private volatile int unfinishedPlaces;

    private volatile boolean wiping;
    private int wiped = HEADER_BYTES;

    Segment(int capacity, long number, Path path) {
        this.capacity = capacity;
        this.number = number;
        this.path = path;
    }

    /** Returns the file of a segment. */
    static Path path(Path folder, long number) {
        return folder.resolve(String.format("%016d", number) + SUFFIX);
    }

    /** Returns the number in a file's name, or -1 if it is not a segment's name. */
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

    long number() {
        return number;
    }

    int capacity() {
        return capacity;
    }

    Path path() {
        return path;
    }

    /** Returns the offset of the next frame; the capacity if there is no room. */
    int tail() {
        return (int) Math.min(tail, capacity);
    }

    // Writing

    /** Returns the number of bytes that a frame takes in the file. */
    static int frameSize(int length) {
        return (FRAME_HEADER_BYTES + length + 7) & ~7;
    }

    /**
     * Appends a frame if it fits. Otherwise the rest of the segment becomes a gap, and nothing can be appended any
     * more. Does not wait for other writers.
     *
     * @return the offset of the frame, or -1 if it does not fit
     */
    @SuppressWarnings("NonAtomicVolatileUpdate") // written under a lock
    int append(byte[] frame, int from, int length) {
        int size = frameSize(length);
        long claimed = (long) TAIL.getAndAdd(this, (long) size);
        int at = (int) Math.min(claimed, capacity);
        boolean fits = claimed + size <= capacity;
        int place = fits ? size : capacity - at;
        try {
            if (fits) {
                ByteBuffer bytes = memory();
                INT.setRelease(bytes, at, BEGUN | size);
                bytes.put(at + FRAME_HEADER_BYTES, frame, from, length);
                INT.set(bytes, at + 4, crc(frame, from, length, at));
                INT.setRelease(bytes, at, length);
            } else if (place > 0) {
                gap(at, place);
            }
        } catch (StackOverflowError e) {
            // The thread has no stack left for a call, and the reader waits for this place: note it for the keeper.
            synchronized (unfinished) {
                if (place > 0 && unfinishedPlaces < unfinished.length) {
                    unfinished[unfinishedPlaces] = at;
                    unfinished[unfinishedPlaces + 1] = place;
                    unfinishedPlaces += 2;
                }
            }
            throw e;
        }
        return fits ? at : -1;
    }

    /** Turns the places that threads claimed but could not fill into gaps. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // written under a lock
    final void skipUnfinished() {
        if (unfinishedPlaces > 0) {
            synchronized (unfinished) {
                while (unfinishedPlaces > 0) {
                    gap(unfinished[unfinishedPlaces - 2], unfinished[unfinishedPlaces - 1]);
                    unfinishedPlaces -= 2;
                }
            }
        }
    }

    /** Ends appending to this segment. */
    void seal() {
        long claimed = (long) TAIL.getAndAdd(this, (long) capacity);
        if (claimed < capacity) {
            gap((int) claimed, capacity - (int) claimed);
        }
    }

    final void gap(int at, int size) {
        ByteBuffer bytes = memory();
        INT.set(bytes, at + 4, gapCrc(at, size));
        INT.setRelease(bytes, at, GAP | size);
    }

    /** Sets the offset of the next frame in a segment left by an earlier process. */
    final void appendFrom(int at) {
        tail = at;
    }

    static void putHeader(ByteBuffer into, long number) {
        into.putInt(SIZE_AT, into.capacity());
        into.putLong(NUMBER_AT, number);
        into.putLong(COMMITTED_AT, HEADER_BYTES);
        into.putInt(HEADER_CRC_AT, headerCrc(into.capacity(), number));
        into.putLong(0, MAGIC);
    }

    // Reading; one thread at a time

    /** Returns the length of the frame at an offset; 0 if it is not there yet, negative for a gap of that size. */
    abstract int lengthAt(int at);

    /** Returns how many bytes of the file contain what was appended and is safe by now. */
    abstract int safeBytes();

    /** Copies the bytes of the frame at an offset. */
    abstract void copy(int at, int length, byte[] into, int offset);

    /** Returns the commit position: the offset of the first frame that is not committed. */
    abstract int committed();

    abstract void commit(int offset);

    // Maintenance; on the spool's own threads

    /**
     * Writes to the disk what was appended before the call, and possibly more.
     *
     * @throws IOException if it cannot be written; the next call tries again
     */
    abstract void force() throws IOException;

    /**
     * Enables overwriting of committed frames from now on, also after the next start. The setting reaches the disk no
     * later than any frame that is appended after the call.
     */
    void wipeCommitted() {
        wiping = true;
    }

    boolean isWiping() {
        return wiping;
    }

    /**
     * Overwrites the committed frames with zeros if {@link #wipeCommitted} was called, and only after the commit
     * position is on the disk: the next start begins to read there.
     */
    final void wipe() throws IOException {
        int end = Math.min(committed(), capacity);
        if (wiping && wiped < end) {
            zero(wiped, end);
            wiped = end;
        }
    }

    /** Writes zeros over committed frames, which neither writers nor the reader access any more. */
    abstract void zero(int from, int to) throws IOException;

    /** Renames the file so that it can be reused; returns null if it cannot be, for example because it was deleted. */
    abstract @Nullable Spare reuse(Path name) throws IOException;

    /** Whether the file was rewritten after it was deleted: the file that this process has open is the deleted one. */
    private volatile boolean restored;

    final boolean isRestored() {
        return restored;
    }

    /**
     * Returns whether the file was deleted while in use. Its content can still be read by this process, but by no
     * other.
     */
    final boolean isDeleted() {
        return !Files.exists(path);
    }

    /** Copies bytes of the segment, starting at an offset, into a buffer; as many as fit. */
    abstract void copyTo(ByteBuffer into, int at) throws IOException;

    /**
     * Rewrites the file from the content that this process still has, so that the next start finds the frames. Nothing
     * may be appended any more. Frames committed later are read again if the process is killed.
     */
    final void restore() throws IOException {
        Path fresh = path.resolveSibling(path.getFileName() + ".prepared");
        Files.deleteIfExists(fresh);
        try (FileChannel channel = OwnerOnly.create(fresh)) {
            for (int at = 0; at < capacity; at += ZEROS.length) {
                ByteBuffer part = ByteBuffer.allocate(Math.min(ZEROS.length, capacity - at));
                copyTo(part, at);
                part.clear();
                while (part.hasRemaining()) {
                    channel.write(part, at + part.position());
                }
            }
            channel.force(true);
        }
        Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        restored = true;
    }

    /** Releases the file; for a segment that is not reused. */
    abstract void close() throws IOException;

    /** Returns the buffer into which writers put their frames. */
    abstract ByteBuffer memory();

    /** Returns the length in a frame's word; 0 if the frame is not there yet, negative for a gap of that size. */
    static int lengthOf(int word) {
        if (word <= 0) {
            return 0;
        }
        return (word & GAP) == 0 ? word : -(word & ~GAP);
    }

    static int word(ByteBuffer memory, int at) {
        return (int) INT.getAcquire(memory, at);
    }

    /**
     * Covers the segment's number and the offset, so that the bytes of another frame are never mistaken for this one.
     */
    final int crc(byte[] frame, int from, int length, int at) {
        CRC32C crc = new CRC32C();
        crc.update(frame, from, length);
        return (int) crc.getValue() ^ salt(at, length);
    }

    final int gapCrc(int at, int size) {
        return ~salt(at, size);
    }

    private int salt(int at, int length) {
        long mixed = (number * 0x9e37_79b9_7f4a_7c15L) ^ ((long) at << 32 | length) * 0xc2b2_ae3d_27d4_eb4fL;
        return (int) (mixed ^ mixed >>> 32);
    }

    static int headerCrc(int size, long number) {
        CRC32C crc = new CRC32C();
        crc.update(ByteBuffer.allocate(20)
                .putLong(MAGIC)
                .putInt(size)
                .putLong(number)
                .flip());
        return (int) crc.getValue();
    }
}
