package dev.internalevents.spool;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A segment that buffers frames in memory and writes many of them to the disk in one synchronous call. This takes half
 * the measured time of a mapping, whose pages are protected and faulted in again for each write to the disk. The reader
 * sees only what is on the disk, so it never acts on a frame that could still be lost. Once full and written, the
 * segment returns its memory and is read from its file.
 */
final class StagedSegment extends Segment {

    private static final int WINDOW_BYTES = 1 << 18;
    private static final ByteBuffer MANY_ZEROS = ByteBuffer.allocateDirect(1 << 18);

    private final FileChannel file;
    private final Staging staging;
    private volatile @Nullable ByteBuffer memory;
    private volatile int written = HEADER_BYTES;
    private volatile int committed = HEADER_BYTES;
    private boolean wipeNoted;

    /** The part of the file that was read last; used once the memory was returned. */
    private @Nullable ByteBuffer window;

    private int windowAt;

    private StagedSegment(FileChannel file, Staging staging, ByteBuffer memory, long number, Path path) {
        super(memory.capacity(), number, path);
        this.file = file;
        this.staging = staging;
        this.memory = memory;
    }

    /** Creates an empty segment from a spare file, which is renamed to the segment's name. */
    static StagedSegment start(Spare spare, Staging staging, Path folder, long number) throws IOException {
        Path path = path(folder, number);
        Files.move(spare.file(), path);
        FileChannel file =
                FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.DSYNC);
        ByteBuffer memory = staging.take();
        putHeader(memory, number);
        memory.putInt(USED_AT, spare.used() ? 1 : 0);
        StagedSegment segment = new StagedSegment(file, staging, memory, number, path);
        segment.write(memory, 0, HEADER_BYTES);
        return segment;
    }

    // Writing

    @Override
    ByteBuffer memory() {
        // Not null: the caller has claimed a place, and the memory is returned only when every place is filled.
        return Objects.requireNonNull(memory);
    }

    @Override
    void force() throws IOException {
        ByteBuffer from = memory;
        if (from == null) {
            return;
        }
        int end = tail();
        if (isWiping() && !wipeNoted) {
            file.write(ByteBuffer.allocate(Integer.BYTES).order(ORDER).putInt(0, 1), WIPE_AT);
            wipeNoted = true;
        }
        // Determined before writing: a frame that is finished during the write is written again as a whole.
        int whole = endOfWhole(from, end);
        if (end > written) {
            // Includes the word after the frames, which is zero or belongs to the next frame.
            write(from, written, Math.min(end + FRAME_HEADER_BYTES, capacity()));
            written = whole;
        }
        if (written == capacity()) {
            settle(from);
        }
    }

    /** Returns the offset of the first frame that its writer has not finished. */
    private int endOfWhole(ByteBuffer from, int end) {
        int at = written;
        while (at < end) {
            int length = lengthOf(word(from, at));
            if (length == 0) {
                return at;
            }
            at += length > 0 ? frameSize(length) : -length;
        }
        return at;
    }

    private void write(ByteBuffer from, int start, int end) throws IOException {
        ByteBuffer part = from.duplicate().position(start).limit(end);
        while (part.hasRemaining()) {
            file.write(part, part.position());
        }
    }

    private synchronized void settle(ByteBuffer full) {
        memory = null;
        staging.giveBack(full);
    }

    // Reading

    @Override
    synchronized int lengthAt(int at) {
        if (at >= written) {
            return 0;
        }
        ByteBuffer here = memory;
        return lengthOf(here != null ? word(here, at) : read(at, Integer.BYTES).getInt(at - windowAt));
    }

    @Override
    int safeBytes() {
        return written;
    }

    @Override
    synchronized void copy(int at, int length, byte[] into, int offset) {
        int from = at + FRAME_HEADER_BYTES;
        ByteBuffer here = memory;
        if (here != null) {
            here.get(from, into, offset, length);
        } else {
            read(from, length).get(from - windowAt, into, offset, length);
        }
    }

    /** Returns a window of the file that contains these bytes. */
    private ByteBuffer read(int at, int length) {
        ByteBuffer known = window;
        if (known != null && at >= windowAt && at + length <= windowAt + known.limit()) {
            return known;
        }
        ByteBuffer wide = known != null && known.capacity() >= length
                ? known
                : ByteBuffer.allocate(Math.max(WINDOW_BYTES, length)).order(ORDER);
        wide.clear();
        try {
            while (wide.hasRemaining() && file.read(wide, (long) at + wide.position()) > 0) {
                // Read until the end of the window or the file.
            }
        } catch (IOException e) {
            throw new SpoolUnreadableException(path() + " cannot be read: " + e.getMessage(), e);
        }
        if (wide.flip().limit() < length) {
            window = null;
            throw new SpoolUnreadableException(path() + " is shorter than the data that was written to it", null);
        }
        window = wide;
        windowAt = at;
        return wide;
    }

    @Override
    void copyTo(ByteBuffer into, int at) throws IOException {
        while (into.hasRemaining() && file.read(into, (long) at + into.position()) > 0) {
            // Read until the end of the buffer or the file.
        }
    }

    @Override
    int committed() {
        return committed;
    }

    @Override
    synchronized void commit(int offset) {
        committed = offset;
        if (offset == capacity()) {
            window = null;
        }
        try {
            ByteBuffer place = ByteBuffer.allocate(Long.BYTES).order(ORDER).putLong(0, offset);
            file.write(place, COMMITTED_AT);
        } catch (IOException e) {
            // Ignored: these frames are read again after the next start, and the reader must recognise them.
        }
    }

    /** Uses a channel of its own without synchronous writes, so that no sender waits for zeros to reach the disk. */
    @Override
    void zero(int from, int to) throws IOException {
        try (FileChannel wiping = FileChannel.open(path(), StandardOpenOption.WRITE)) {
            overwrite(wiping, from, to);
        } catch (NoSuchFileException e) {
            // The file was deleted, and its frames with it.
        }
        clear(from, to);
    }

    private static void overwrite(FileChannel wiping, int from, int to) throws IOException {
        for (int at = from; at < to; ) {
            ByteBuffer zeros = MANY_ZEROS.duplicate();
            at += wiping.write(zeros.limit(Math.min(zeros.capacity(), to - at)), at);
        }
    }

    private synchronized void clear(int from, int to) {
        ByteBuffer here = memory;
        for (int at = from; here != null && at < to; at += ZEROS.length) {
            here.put(at, ZEROS, 0, Math.min(ZEROS.length, to - at));
        }
        window = null;
    }

    // After its last frame was committed

    @Override
    @Nullable
    Spare reuse(Path name) throws IOException {
        if (isRestored()) {
            return null;
        }
        try (FileChannel ended = file) {
            // Rename before changing the content: a file with a segment's name must be a valid segment.
            Files.move(path(), name);
            // Overwriting everything with zeros would write as many bytes as the frames had.
            ended.write(ByteBuffer.allocate(Long.BYTES).order(ORDER).putLong(0, SPARE), 0);
            if (isWiping()) {
                try (FileChannel wiping = FileChannel.open(name, StandardOpenOption.WRITE)) {
                    overwrite(wiping, HEADER_BYTES, capacity());
                }
            }
        } catch (NoSuchFileException e) {
            return null;
        }
        return new Spare(name, null, true);
    }

    /** Closes the file; for a segment that is not reused. */
    @Override
    void close() throws IOException {
        file.close();
    }
}
