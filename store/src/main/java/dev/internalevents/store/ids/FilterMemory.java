package dev.internalevents.store.ids;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Allocates filters outside the heap, up to a fixed number of bytes, and reuses their pages. Used by one thread. */
final class FilterMemory {

    private static final Logger LOG = LoggerFactory.getLogger(FilterMemory.class);
    private static final int PAGE_BYTES = 64 << 10;
    private static final int BLOCKS_OF_A_PAGE = PAGE_BYTES / RunHeader.BLOCK_BYTES;

    private long maxPages;
    private final Deque<ByteBuffer> free = new ArrayDeque<>();
    private long pages;

    FilterMemory(long bytes) {
        this.maxPages = bytes / PAGE_BYTES;
    }

    /** The filter of a run, or its first part. Any thread may use it until it is given back. */
    static final class Loaded {
        private final ByteBuffer[] pages;
        private final long blocks;

        private Loaded(ByteBuffer[] pages, long blocks) {
            this.pages = pages;
            this.blocks = blocks;
        }

        int pages() {
            return pages.length;
        }

        /** Returns whether the part in memory covers this key. */
        boolean covers(long key) {
            return RunHeader.spread(key, blocks) / BLOCKS_OF_A_PAGE < pages.length;
        }

        boolean mayHave(long key) {
            long block = RunHeader.spread(key, blocks);
            return BlockFilter.has(
                    pages[(int) (block / BLOCKS_OF_A_PAGE)],
                    (int) (block % BLOCKS_OF_A_PAGE) * RunHeader.BLOCK_BYTES,
                    BlockFilter.bits(key));
        }
    }

    static long pagesOf(RunHeader header) {
        return (header.filterBytes() + PAGE_BYTES - 1) / PAGE_BYTES;
    }

    long maxPages() {
        return maxPages;
    }

    /** Returns the number of bytes allocated, in use or not. */
    long bytes() {
        return pages * PAGE_BYTES;
    }

    /**
     * Reads the filter of a run. Checks its checksum if it is read to the end.
     *
     * @param maxCount maximum number of pages to read; there may be memory for fewer
     */
    Loaded load(RunFile file, RunHeader header, int maxCount) throws IOException {
        ByteBuffer[] taken = take(maxCount);
        boolean isWhole = false;
        try {
            CRC32C crc = new CRC32C();
            long position = header.bytes();
            for (ByteBuffer page : taken) {
                page.clear().limit((int) Math.min(PAGE_BYTES, header.placesStart() - position));
                file.read(position, page);
                position += page.limit();
                crc.update(page.flip());
                page.clear();
            }
            if (position == header.placesStart()
                    && (int) crc.getValue() != header.checksums().filter()) {
                throw file.damaged("the checksum of its filter is wrong");
            }
            isWhole = true;
            return new Loaded(taken, header.blocks());
        } finally {
            if (!isWhole) {
                giveBack(taken);
            }
        }
    }

    private ByteBuffer[] take(int count) {
        ByteBuffer[] taken = new ByteBuffer[count];
        for (int i = 0; i < count; i++) {
            ByteBuffer page = free.poll();
            if (page == null && pages < maxPages) {
                page = allocate();
            }
            if (page == null) {
                return Arrays.copyOf(taken, i);
            }
            taken[i] = page;
        }
        return taken;
    }

    private @Nullable ByteBuffer allocate() {
        try {
            ByteBuffer page = ByteBuffer.allocateDirect(PAGE_BYTES);
            pages++;
            return page;
        } catch (OutOfMemoryError e) {
            // The JVM has less memory outside the heap than the limit; filters not loaded are read from the file.
            maxPages = pages;
            LOG.warn(
                    "the filters of event ids have only {} MB, as the JVM has no more memory outside the heap ({});"
                            + " raise -XX:MaxDirectMemorySize",
                    bytes() >> 20,
                    e.getMessage());
            return null;
        }
    }

    void giveBack(Loaded filter) {
        giveBack(filter.pages);
    }

    private void giveBack(ByteBuffer[] unused) {
        free.addAll(Arrays.asList(unused));
    }
}
