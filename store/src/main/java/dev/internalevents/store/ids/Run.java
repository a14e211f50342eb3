package dev.internalevents.store.ids;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Entries in the order of their keys, in a file that never changes. The file contains a filter, which excludes nearly
 * every id that is not in the run, the position of the first entry of every bucket of keys, and the entries.
 */
final class Run implements Closeable {

    private final RunFile file;
    private final RunHeader header;
    private volatile FilterMemory.@Nullable Loaded filter;

    /** Buffers for reading, for one thread. */
    static final class Windows {
        private final FileWindow filter = new FileWindow();
        private final FileWindow places = new FileWindow();
        private final FileWindow entries = new FileWindow();
    }

    private Run(RunFile file, RunHeader header) {
        this.file = file;
        this.header = header;
    }

    /**
     * Opens a run. Reads and checks only its header; the other parts are checked when they are read as a whole.
     *
     * @throws DamagedRunException if the file is not a complete run of the index with this seed
     */
    static Run open(Path path, long seedCheck) throws IOException {
        RunFile file = new RunFile(path);
        try {
            RunHeader header = RunHeader.read(file, file.size());
            if (header.seedCheck() != seedCheck) {
                throw file.damaged("it belongs to another index");
            }
            return new Run(file, header);
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    RunFile file() {
        return file;
    }

    RunHeader header() {
        return header;
    }

    FilterMemory.@Nullable Loaded filter() {
        return filter;
    }

    /** Returns whether the whole filter is in memory. */
    boolean isLoaded() {
        FilterMemory.Loaded loaded = filter;
        return loaded != null && loaded.pages() == FilterMemory.pagesOf(header);
    }

    void setFilter(FilterMemory.@Nullable Loaded loaded) {
        filter = loaded;
    }

    /** Verifies the checksum of the positions of the buckets, on which look-ups rely. */
    void checkPlaces() throws IOException {
        CRC32C crc = new CRC32C();
        ByteBuffer buffer = ByteBuffer.allocate(FileWindow.BYTES);
        long position = header.placesStart();
        while (position < header.entriesStart()) {
            buffer.clear().limit((int) Math.min(buffer.capacity(), header.entriesStart() - position));
            file.read(position, buffer);
            position += buffer.limit();
            crc.update(buffer.flip());
        }
        if ((int) crc.getValue() != header.checksums().places()) {
            throw file.damaged("the checksum of its bucket positions is wrong");
        }
    }

    void find(Queries queries, int others, Windows windows, Candidates found) throws IOException {
        if (header.count() == 0) {
            return;
        }
        FilterMemory.Loaded loaded = filter;
        // If many ids fall into one part of the filter, read it once for all of them.
        int ahead = header.filterBytes() / queries.size() <= FileWindow.BYTES / 4
                ? FileWindow.BYTES
                : RunHeader.BLOCK_BYTES;
        for (int i = 0; i < queries.size(); i++) {
            int position = queries.position(i);
            long key = queries.key(position);
            boolean mayHave =
                    (loaded != null && loaded.covers(key)) ? loaded.mayHave(key) : mayHave(key, ahead, windows.filter);
            if (mayHave) {
                search(key, position, others, windows, found);
            }
        }
    }

    private boolean mayHave(long key, int ahead, FileWindow window) throws IOException {
        long place = header.bytes() + RunHeader.spread(key, header.blocks()) * RunHeader.BLOCK_BYTES;
        int at = window.at(file, place, RunHeader.BLOCK_BYTES, ahead, header.placesStart());
        return BlockFilter.has(window.bytes(), at, BlockFilter.bits(key));
    }

    private void search(long key, int query, int others, Windows windows, Candidates found) throws IOException {
        long bucket = header.placesStart() + RunHeader.spread(key, header.buckets()) * RunHeader.PLACE_BYTES;
        int at = windows.places.at(
                file, bucket, 2 * RunHeader.PLACE_BYTES, 2 * RunHeader.PLACE_BYTES, header.entriesStart());
        long start = windows.places.bytes().getLong(at);
        long end = windows.places.bytes().getLong(at + RunHeader.PLACE_BYTES);
        if (start < 0 || start > end || end > header.count()) {
            throw file.damaged("its bucket positions are wrong");
        }
        FileWindow window = windows.entries;
        if ((end - start) * RunHeader.ENTRY_BYTES <= FileWindow.BYTES) {
            entry(window, start, (int) (end - start));
        }
        long id = key & ~IdHash.FINGERPRINT_MASK;
        long first = firstFrom(window, id, start, end);
        int count = 0;
        long i = first;
        for (; i < end && isOfId(keyAt(window, i, end), id); i++) {
            if (count++ == others) {
                found.leftOut(query);
                break;
            }
            found.add(query, numberAt(window, i, end));
        }
        if (count > others) {
            for (i = firstFrom(window, key, i, end); i < end && keyAt(window, i, end) == key; i++) {
                found.add(query, numberAt(window, i, end));
            }
        }
    }

    /** Returns the first entry with this key or a greater one. */
    private long firstFrom(FileWindow window, long key, long start, long end) throws IOException {
        long low = start;
        long high = end;
        while (low < high) {
            long middle = (low + high) >>> 1;
            if (window.bytes().getLong(entry(window, middle, 1)) < key) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private static boolean isOfId(long key, long id) {
        return (key & ~IdHash.FINGERPRINT_MASK) == id;
    }

    private long keyAt(FileWindow window, long i, long end) throws IOException {
        return window.bytes().getLong(entry(window, i, ahead(i, end)));
    }

    private long numberAt(FileWindow window, long i, long end) throws IOException {
        return number(window.bytes(), entry(window, i, ahead(i, end)));
    }

    private static int ahead(long i, long end) {
        return (int) Math.min(end - i, FileWindow.BYTES / RunHeader.ENTRY_BYTES);
    }

    static long number(ByteBuffer bytes, int entry) {
        return ((bytes.get(entry + Long.BYTES) & 0xffL) << Integer.SIZE)
                | (bytes.getInt(entry + Long.BYTES + 1) & 0xffff_ffffL);
    }

    private int entry(FileWindow window, long i, int ahead) throws IOException {
        return window.at(
                file,
                header.entriesStart() + i * RunHeader.ENTRY_BYTES,
                Math.min(1, ahead) * RunHeader.ENTRY_BYTES,
                ahead * RunHeader.ENTRY_BYTES,
                header.fileBytes());
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
