package dev.internalevents.metrics.store;

import dev.internalevents.metrics.Position;
import dev.internalevents.spool.OwnerOnly;
import dev.internalevents.spool.SetAside;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.CheckedOutputStream;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;
import java.util.zip.ZipException;

/**
 * The file of a {@link FileMetricStore}: {@code IEMS}, a version, and in compressed form the position and each counter
 * under its name; then a checksum. A new file is written next to the old one, forced to disk, and moved into its place.
 */
final class Snapshot {

    private static final int MAGIC = 0x49454D53;
    private static final int VERSION = 1;
    private static final int MAX_COUNTERS = 1_000_000;
    private static final int ALL_TIME = Integer.MIN_VALUE;

    private Snapshot() {}

    static void write(MemoryMetricStore store, Position position, Path file) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        if (Files.isDirectory(fresh)) {
            SetAside.move(fresh);
        }
        Files.deleteIfExists(fresh);
        try (FileChannel channel = OwnerOnly.create(fresh)) {
            CheckedOutputStream checked = new CheckedOutputStream(
                    new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16), new CRC32());
            write(store, position, checked);
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
    }

    private static void write(MemoryMetricStore store, Position position, CheckedOutputStream file) throws IOException {
        DataOutputStream head = new DataOutputStream(file);
        head.writeInt(MAGIC);
        head.writeInt(VERSION);
        Deflater deflater = new Deflater(Deflater.BEST_SPEED);
        DeflaterOutputStream deflated = new DeflaterOutputStream(file, deflater);
        DataOutputStream out = new DataOutputStream(deflated);
        out.writeUTF(position.toString());
        out.writeInt(store.cells().length);
        for (Cell<?> cell : store.cells()) {
            out.writeUTF(cell.key().toString());
            Object allTime = cell.allTime();
            Map<Integer, ?> weeks = cell.weeks();
            out.writeInt(weeks.size() + (allTime == null ? 0 : 1));
            if (allTime != null) {
                out.writeInt(ALL_TIME);
                cell.type().write(allTime, out);
            }
            for (Map.Entry<Integer, ?> week : weeks.entrySet()) {
                out.writeInt(week.getKey());
                cell.type().write(week.getValue(), out);
            }
        }
        out.flush();
        deflated.finish();
        deflater.end();
        head.writeLong(file.getChecksum().getValue());
        head.flush();
    }

    /** Fills an empty store; ignores counters of the file that the store does not have. */
    static void readInto(MemoryMetricStore store, Path file) throws IOException {
        if (!Files.exists(file)) {
            return;
        }
        try (InputStream stream = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
            byte[] content = stream.readAllBytes();
            checkSum(content);
            Map<String, Cell<?>> cells = new HashMap<>();
            for (Cell<?> cell : store.cells()) {
                cells.put(cell.key().toString(), cell);
            }
            InputStream body = new ByteArrayInputStream(content, 8, content.length - 16);
            store.applied(read(cells, new DataInputStream(new BufferedInputStream(new InflaterInputStream(body)))));
        } catch (EOFException | ZipException | IllegalArgumentException e) {
            throw new IOException("damaged: " + e, e);
        }
    }

    private static void checkSum(byte[] content) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(content);
        if (content.length < 16 || bytes.getInt(0) != MAGIC) {
            throw new IOException("not a file of counters");
        }
        if (bytes.getInt(4) != VERSION) {
            throw new IOException("version " + bytes.getInt(4) + ", expected " + VERSION);
        }
        CRC32 sum = new CRC32();
        sum.update(content, 0, content.length - 8);
        if (sum.getValue() != bytes.getLong(content.length - 8)) {
            throw new IOException("damaged: the checksum is wrong");
        }
    }

    private static Position read(Map<String, Cell<?>> cells, DataInputStream in) throws IOException {
        Position position = Position.parse(in.readUTF());
        int counters = in.readInt();
        if (counters < 0 || counters > MAX_COUNTERS) {
            throw new IOException("damaged: " + counters + " counters");
        }
        for (int i = 0; i < counters; i++) {
            String name = in.readUTF();
            Cell<?> cell = cells.get(name);
            CounterType type = cell == null ? CounterType.ofName(name) : cell.type();
            for (int parts = in.readInt(); parts > 0; parts--) {
                int week = in.readInt();
                Object read = type.read(in);
                Object into = cell == null ? null : week == ALL_TIME ? cell.allTime() : cell.in(week);
                if (into != null) {
                    type.restore(into, read);
                }
            }
        }
        return position;
    }
}
