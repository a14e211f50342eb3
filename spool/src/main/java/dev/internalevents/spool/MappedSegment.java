package dev.internalevents.spool;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * A memory-mapped segment: its frames are in the file as soon as they are appended, and survive the end of the process.
 */
final class MappedSegment extends Segment {

    private final MappedByteBuffer bytes;

    /** The length of the file in bytes when it was opened. */
    private final long found;

    private MappedSegment(MappedByteBuffer bytes, long number, Path path, long found) {
        super(bytes.capacity(), number, path);
        this.bytes = bytes;
        this.found = found;
    }

    /** Creates an empty segment from a file of zeros, which is renamed to the segment's name. */
    static MappedSegment start(Spare spare, Path folder, long number) throws IOException {
        Path path = path(folder, number);
        MappedByteBuffer zeros = spare.zeros() == null ? map(spare.file()) : spare.zeros();
        Files.move(spare.file(), path);
        zeros.order(ORDER);
        putHeader(zeros, number);
        return new MappedSegment(zeros, number, path, zeros.capacity());
    }

    private static MappedByteBuffer map(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            return channel.map(FileChannel.MapMode.READ_WRITE, 0, channel.size());
        }
    }

    /** Opens a segment left by an earlier process and extends it to its full size; see {@link SegmentScan}. */
    static MappedSegment open(Path file, long number, int size) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            long length = channel.size();
            int full = (int) Math.max(size, Math.min(length, 1L << 30) + 7 & ~7L);
            for (long at = length; at < full; ) {
                at += channel.write(ByteBuffer.wrap(ZEROS, 0, (int) Math.min(ZEROS.length, full - at)), at);
            }
            MappedByteBuffer mapped = channel.map(FileChannel.MapMode.READ_WRITE, 0, full);
            mapped.order(ORDER);
            MappedSegment segment = new MappedSegment(mapped, number, file, length);
            if (mapped.getInt(WIPE_AT) != 0 && segment.hasWholeHeader()) {
                segment.wipeCommitted();
            }
            return segment;
        }
    }

    @Override
    ByteBuffer memory() {
        return bytes;
    }

    @Override
    int lengthAt(int at) {
        return lengthOf(word(bytes, at));
    }

    @Override
    int safeBytes() {
        return tail();
    }

    @Override
    void copy(int at, int length, byte[] into, int offset) {
        bytes.get(at + FRAME_HEADER_BYTES, into, offset, length);
    }

    @Override
    void copyTo(ByteBuffer into, int at) {
        into.put(0, bytes, at, into.capacity());
    }

    @Override
    int committed() {
        return (int) (long) LONG.getAcquire(bytes, COMMITTED_AT);
    }

    @Override
    void commit(int offset) {
        LONG.setRelease(bytes, COMMITTED_AT, (long) offset);
    }

    @Override
    void force() {
        bytes.force();
    }

    @Override
    void wipeCommitted() {
        bytes.putInt(WIPE_AT, 1);
        super.wipeCommitted();
    }

    @Override
    void zero(int from, int to) {
        // Force the commit position before zeroing the committed frames: pages reach the disk in any order.
        bytes.force(0, HEADER_BYTES);
        fill(from, to);
    }

    /** Reuses the mapping: its pages are already in memory, unlike those of a new file. */
    @Override
    @Nullable
    Spare reuse(Path name) throws IOException {
        if (isRestored()) {
            return null;
        }
        try {
            // Rename before changing the content: a file with a segment's name must be a valid segment.
            Files.move(path(), name);
        } catch (NoSuchFileException e) {
            return null;
        }
        fill(0, tail());
        return new Spare(name, bytes, false);
    }

    @Override
    void close() {
        // The mapping is released when the buffer is garbage-collected.
    }

    // After a crash

    boolean hasWholeHeader() {
        return bytes.getLong(0) == MAGIC
                && bytes.getInt(SIZE_AT) == capacity()
                && bytes.getLong(NUMBER_AT) == number()
                && bytes.getInt(HEADER_CRC_AT) == headerCrc(capacity(), number())
                && committed() >= HEADER_BYTES
                && committed() <= capacity()
                && committed() % 8 == 0;
    }

    /** Returns whether the file was waiting to be reused when the process ended. */
    boolean isSpare() {
        return bytes.getLong(0) == SPARE;
    }

    /** Returns whether frames of an earlier segment may follow its own. */
    boolean isUsed() {
        return bytes.getInt(USED_AT) != 0;
    }

    /** Returns whether the file was shorter than the size it was created with. */
    boolean isCut() {
        int made = bytes.getInt(SIZE_AT);
        boolean known = found >= HEADER_BYTES && bytes.getInt(HEADER_CRC_AT) == headerCrc(made, number());
        return found < (known ? made : capacity());
    }

    /** Returns the length of the file in bytes when it was opened. */
    long found() {
        return found;
    }

    boolean isAllZeros() {
        for (int at = 0; at < capacity(); at += 8) {
            if (bytes.getLong(at) != 0) {
                return false;
            }
        }
        return true;
    }

    void restoreHeader() {
        putHeader(bytes, number());
    }

    /** Returns the size of the complete frame or gap at an offset, after checking its CRC; 0 if there is none. */
    int wholeAt(int at) {
        int word = bytes.getInt(at);
        if (word <= 0) {
            return 0;
        }
        if ((word & GAP) != 0) {
            int size = word & ~GAP;
            boolean fits = size >= FRAME_HEADER_BYTES && size % 8 == 0 && size <= capacity() - at;
            return fits && bytes.getInt(at + 4) == gapCrc(at, size) ? size : 0;
        }
        if (word > capacity() - at - FRAME_HEADER_BYTES) {
            return 0;
        }
        byte[] frame = new byte[word];
        copy(at, word, frame, 0);
        return bytes.getInt(at + 4) == crc(frame, 0, word, at) ? frameSize(word) : 0;
    }

    /**
     * Returns whether no frame was finished here, as a killed writer leaves it: the frame was started, or not even
     * that.
     */
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

    /** Overwrites everything from an offset on with zeros; appending continues there. */
    void truncate(int at) {
        fill(at, capacity());
        bytes.putInt(USED_AT, 0);
        appendFrom(at);
    }

    private void fill(int from, int to) {
        for (int at = from; at < to; at += ZEROS.length) {
            bytes.put(at, ZEROS, 0, Math.min(ZEROS.length, to - at));
        }
    }
}
