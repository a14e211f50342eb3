package dev.internalevents.metrics.store;

import dev.internalevents.metrics.Position;
import dev.internalevents.spool.OwnerOnly;
import dev.internalevents.spool.SetAside;
import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.zip.CRC32;
import java.util.zip.CheckedOutputStream;
import java.util.zip.Deflater;
import org.jspecify.annotations.Nullable;

/**
 * Counters as they are at one position, while they are written to the file of a {@link FileMetricStore}: {@code IEMS},
 * a version, the position, and each count under its counter's name, compressed on its own; then a checksum. A new file
 * is written next to the old one, forced to disk, and moved into its place. Counts that have not changed are copied
 * from the old file as they are.
 */
final class Snapshot {

    static final int MAGIC = 0x49454D53;
    static final int VERSION = 2;

    private final Position position;
    private final List<SnapshotPart> parts = new ArrayList<>();
    private volatile boolean cancelled;

    /** Where the last file has a count. */
    private record Extent(long offset, int length, long checksum) {}

    /** The last file that was written, by count. Used by one thread at a time. */
    static final class Written {
        private final Path file;
        private final IdentityHashMap<Slot<?>, Extent> extents = new IdentityHashMap<>();

        private Written(Path file) {
            this.file = file;
        }
    }

    /** Begins; takes about a microsecond per ten counts. Called by the thread that changes counts. */
    Snapshot(MemoryMetricStore store, Position position) {
        this.position = position;
        for (Cell<?> cell : store.cells()) {
            for (Slot<?> slot : cell.slots()) {
                parts.add(new SnapshotPart(cell, slot));
            }
        }
    }

    Position position() {
        return position;
    }

    /** Makes {@link #write} stop early. Any thread may call it. */
    void cancel() {
        cancelled = true;
    }

    /** Releases what was captured, and notes that the counts are not in the file. Called while no count changes. */
    void notWritten() {
        for (SnapshotPart part : parts) {
            part.skip();
            part.slot().notWritten();
        }
    }

    /**
     * Writes the file. Blocks until it is on disk.
     *
     * @param last the result of the last call for the same file; null if there was none
     * @throws CancellationException after {@link #cancel}
     */
    Written write(Path file, @Nullable Written last) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        if (Files.isDirectory(fresh)) {
            SetAside.move(fresh);
        }
        Files.deleteIfExists(fresh);
        Written written = new Written(file);
        try (FileChannel channel = OwnerOnly.create(fresh);
                FileChannel before = last == null || !Files.isRegularFile(last.file) ? null : FileChannel.open(file)) {
            write(channel, before, last, written);
            channel.force(true);
        }
        if (Files.isDirectory(file)) {
            SetAside.move(file);
        }
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
        if (folder != null) {
            try (FileChannel entry = FileChannel.open(folder)) {
                entry.force(true);
            }
        }
        return written;
    }

    private void write(FileChannel channel, @Nullable FileChannel before, @Nullable Written last, Written written)
            throws IOException {
        CheckedOutputStream checked = new CheckedOutputStream(
                new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16), new CRC32());
        CountingOutput counting = new CountingOutput(checked);
        DataOutputStream out = new DataOutputStream(counting);
        Deflater deflater = new Deflater(Deflater.BEST_SPEED);
        try {
            out.writeInt(MAGIC);
            out.writeInt(VERSION);
            out.writeUTF(position.toString());
            out.writeInt(parts.size());
            for (SnapshotPart part : parts) {
                if (cancelled) {
                    throw new CancellationException("the counters were reset");
                }
                byte[] bytes = part.changed() ? null : copied(before, last, part.slot());
                if (bytes == null) {
                    bytes = deflated(part.take(), deflater);
                } else {
                    part.skip();
                }
                out.writeUTF(part.counter());
                out.writeInt(part.slot().week());
                out.writeInt(bytes.length);
                written.extents.put(part.slot(), new Extent(counting.count(), bytes.length, checksum(bytes)));
                out.write(bytes);
            }
            out.flush();
            out.writeLong(checked.getChecksum().getValue());
            out.flush();
        } finally {
            deflater.end();
        }
    }

    /** Returns the bytes of a count in the last file; null if they are not there any more. */
    private static byte @Nullable [] copied(@Nullable FileChannel file, @Nullable Written last, Slot<?> slot)
            throws IOException {
        Extent extent = last == null ? null : last.extents.get(slot);
        if (extent == null || file == null) {
            return null;
        }
        ByteBuffer bytes = ByteBuffer.allocate(extent.length());
        while (bytes.hasRemaining() && file.read(bytes, extent.offset() + bytes.position()) > 0) {
            // Read on.
        }
        return !bytes.hasRemaining() && checksum(bytes.array()) == extent.checksum() ? bytes.array() : null;
    }

    private static long checksum(byte[] bytes) {
        CRC32 sum = new CRC32();
        sum.update(bytes, 0, bytes.length);
        return sum.getValue();
    }

    private static byte[] deflated(byte[] bytes, Deflater deflater) {
        deflater.reset();
        deflater.setInput(bytes);
        deflater.finish();
        byte[] out = new byte[Math.max(64, bytes.length / 2)];
        int length = 0;
        while (!deflater.finished()) {
            if (length == out.length) {
                out = Arrays.copyOf(out, 2 * length);
            }
            length += deflater.deflate(out, length, out.length - length);
        }
        return Arrays.copyOf(out, length);
    }
}
