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

/** A segment whose frames are in the file as soon as they are appended: the end of the process does not touch them. */
final class MappedSegment extends Segment {

    private final MappedByteBuffer bytes;

    /** The bytes that the file had when it was opened. */
    private final long found;

    private MappedSegment(MappedByteBuffer bytes, long number, Path path, long found) {
        super(bytes.capacity(), number, path);
        this.bytes = bytes;
        this.found = found;
    }

    /** An empty segment in a file of zeros, which gets the segment's name. */
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

    /** A segment as an earlier process left it, brought to its full size; see {@link SegmentScan}. */
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
        // The place that is committed, before what it makes unreadable: pages reach the disk in any order.
        bytes.force(0, HEADER_BYTES);
        fill(from, to);
    }

    /** Its pages are in memory already, which a new file's are not. */
    @Override
    @Nullable
    Spare reuse(Path name) throws IOException {
        if (isRestored()) {
            return null;
        }
        try {
            // Before it is changed: a file by the name of a segment is a segment.
            Files.move(path(), name);
        } catch (NoSuchFileException e) {
            return null;
        }
        fill(0, tail());
        return new Spare(name, bytes, false);
    }

    @Override
    void close() {
        // The mapping ends with the last that knows it.
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

    /** Whether it was about to be used again, when the process ended. */
    boolean isSpare() {
        return bytes.getLong(0) == SPARE;
    }

    /** Whether frames of an earlier segment may be behind its own. */
    boolean isUsed() {
        return bytes.getInt(USED_AT) != 0;
    }

    /** Whether the file was shorter than it was made. */
    boolean isCut() {
        int made = bytes.getInt(SIZE_AT);
        boolean known = found >= HEADER_BYTES && bytes.getInt(HEADER_CRC_AT) == headerCrc(made, number());
        return found < (known ? made : capacity());
    }

    /** The bytes that the file had when it was opened. */
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

    /** The size of the whole frame or gap at a place, its CRC checked; 0 when there is none. */
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
