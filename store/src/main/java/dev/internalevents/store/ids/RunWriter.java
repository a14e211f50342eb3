package dev.internalevents.store.ids;

import dev.internalevents.spool.OwnerOnly;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Set;
import java.util.zip.CRC32C;

/** Writes a run. Entries must be added in order; the file gets its final name only when all of it is on the disk. */
final class RunWriter implements Closeable {

    static final String UNFINISHED = ".unfinished";

    private static final int BUFFER_BYTES = 64 << 10;

    private final Path folder;
    private final RunHeader header;
    private final Path unfinished;
    private final FileChannel channel;
    private final Part filter;
    private final Part places;
    private final Part entries;
    private final long[] block = new long[BlockFilter.WORDS];
    private long blocks;
    private long buckets;
    private long count;

    /** A part of the file, written in pieces. */
    private final class Part {
        private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
        private final CRC32C crc = new CRC32C();
        private long position;

        private Part(long position) {
            this.position = position;
        }

        private ByteBuffer room(int bytes) throws IOException {
            if (buffer.remaining() < bytes) {
                flush();
            }
            return buffer;
        }

        private void flush() throws IOException {
            crc.update(buffer.flip());
            buffer.rewind();
            while (buffer.hasRemaining()) {
                position += channel.write(buffer, position);
            }
            buffer.clear();
        }
    }

    /** @param header the header of the run, without its checksums */
    RunWriter(Path folder, RunHeader header) throws IOException {
        this.folder = folder;
        this.header = header;
        this.unfinished = folder.resolve(name(header) + UNFINISHED);
        this.channel = OwnerOnly.open(
                unfinished,
                Set.of(
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE));
        this.filter = new Part(header.bytes());
        this.places = new Part(header.placesStart());
        this.entries = new Part(header.entriesStart());
    }

    static String name(RunHeader header) {
        return header.after() + "-" + header.upTo() + ".run";
    }

    void add(long key, long number) throws IOException {
        long itsBlock = RunHeader.spread(key, header.blocks());
        while (blocks < itsBlock) {
            nextBlock();
        }
        BlockFilter.add(block, BlockFilter.bits(key));
        long itsBucket = RunHeader.spread(key, header.buckets());
        while (buckets <= itsBucket) {
            nextPlace();
        }
        entries.room(RunHeader.ENTRY_BYTES)
                .putLong(key)
                .put((byte) (number >>> Integer.SIZE))
                .putInt((int) number);
        count++;
    }

    private void nextBlock() throws IOException {
        ByteBuffer out = filter.room(RunHeader.BLOCK_BYTES);
        for (long word : block) {
            out.putLong(word);
        }
        Arrays.fill(block, 0);
        blocks++;
    }

    private void nextPlace() throws IOException {
        places.room(RunHeader.PLACE_BYTES).putLong(count);
        buckets++;
    }

    /** Forces everything to the disk, and gives the file its final name. Returns the file. */
    Path finish() throws IOException {
        if (count != header.count()) {
            throw new DamagedRunException(unfinished + " has " + count + " entries; expected " + header.count()
                    + ", as stated by the runs that are merged");
        }
        while (blocks < header.blocks()) {
            nextBlock();
        }
        while (buckets <= header.buckets()) {
            nextPlace();
        }
        filter.flush();
        places.flush();
        entries.flush();
        ByteBuffer first = header.with(new RunHeader.Checksums(
                        (int) filter.crc.getValue(), (int) places.crc.getValue(), (int) entries.crc.getValue()))
                .encode();
        for (long position = 0; first.hasRemaining(); ) {
            position += channel.write(first, position);
        }
        channel.force(true);
        channel.close();
        Path file = unfinished.resolveSibling(name(header));
        Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
        OwnerOnly.forceNames(folder);
        return file;
    }

    /** Removes the file if it was not finished. */
    @Override
    public void close() throws IOException {
        channel.close();
        Files.deleteIfExists(unfinished);
    }
}
