package dev.internalevents.metrics.store;

import dev.internalevents.metrics.Position;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.InflaterInputStream;
import java.util.zip.ZipException;

/**
 * Reads the file of a {@link Snapshot}, also in version 1: there, everything between the version and the checksum is
 * compressed as a whole, and a counter's name is followed by all its counts.
 */
final class SnapshotReader {

    private static final int WHOLE = 1;
    private static final int HEAD_BYTES = 8;
    private static final int TAIL_BYTES = 8;
    private static final int MAX_COUNTERS = 1_000_000;
    /** A name, a week and a length. */
    private static final int MIN_PART_BYTES = 10;

    private final Map<String, Cell<?>> cells = new HashMap<>();

    private SnapshotReader(MemoryMetricStore store) {
        for (Cell<?> cell : store.cells()) {
            cells.put(cell.key().toString(), cell);
        }
    }

    /** Fills an empty store; ignores counters of the file that the store does not have. */
    static void readInto(MemoryMetricStore store, Path file) throws IOException {
        if (!Files.exists(file)) {
            return;
        }
        try {
            byte[] content = Files.readAllBytes(file);
            int version = version(content);
            InputStream body = new ByteArrayInputStream(content, HEAD_BYTES, content.length - HEAD_BYTES - TAIL_BYTES);
            SnapshotReader reader = new SnapshotReader(store);
            store.applied(
                    version == WHOLE
                            ? reader.whole(new DataInputStream(new BufferedInputStream(new InflaterInputStream(body))))
                            : reader.parts(new DataInputStream(body)));
        } catch (EOFException | ZipException | IllegalArgumentException e) {
            throw new IOException("damaged: " + e, e);
        }
    }

    private static int version(byte[] content) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(content);
        if (content.length < HEAD_BYTES + TAIL_BYTES || bytes.getInt(0) != Snapshot.MAGIC) {
            throw new IOException("not a file of counters");
        }
        int version = bytes.getInt(4);
        if (version != WHOLE && version != Snapshot.VERSION) {
            throw new IOException("version " + version + ", expected " + WHOLE + " or " + Snapshot.VERSION);
        }
        CRC32 sum = new CRC32();
        sum.update(content, 0, content.length - TAIL_BYTES);
        if (sum.getValue() != bytes.getLong(content.length - TAIL_BYTES)) {
            throw new IOException("damaged: the checksum is wrong");
        }
        return version;
    }

    private Position whole(DataInputStream in) throws IOException {
        Position position = Position.parse(in.readUTF());
        for (int counters = count(in, MAX_COUNTERS); counters > 0; counters--) {
            String name = in.readUTF();
            for (int parts = in.readInt(); parts > 0; parts--) {
                restore(name, in.readInt(), in);
            }
        }
        return position;
    }

    private Position parts(DataInputStream in) throws IOException {
        Position position = Position.parse(in.readUTF());
        for (int parts = count(in, in.available() / MIN_PART_BYTES); parts > 0; parts--) {
            String name = in.readUTF();
            int week = in.readInt();
            int length = in.readInt();
            if (length < 0 || length > in.available()) {
                throw new IOException("damaged: a count of " + length + " bytes");
            }
            byte[] bytes = in.readNBytes(length);
            restore(name, week, new DataInputStream(new InflaterInputStream(new ByteArrayInputStream(bytes))));
        }
        return position;
    }

    private static int count(DataInputStream in, int max) throws IOException {
        int count = in.readInt();
        if (count < 0 || count > max) {
            throw new IOException("damaged: " + count + " counters");
        }
        return count;
    }

    private void restore(String name, int week, DataInputStream in) throws IOException {
        Cell<?> cell = cells.get(name);
        CounterType type = cell == null ? CounterType.ofName(name) : cell.type();
        Object read = type.read(in);
        Slot<?> into = cell == null ? null : week == Slot.ALL_TIME ? cell.allTime() : cell.in(week);
        if (into != null) {
            type.restore(into.accumulated(), read);
        }
    }
}
