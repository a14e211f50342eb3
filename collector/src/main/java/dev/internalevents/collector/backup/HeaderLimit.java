package dev.internalevents.collector.backup;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * Limits what is read of a tar as the headers of its entries. A long name, an attribute or a map of holes can be of any size
 * by the format, and is kept in memory.
 */
final class HeaderLimit extends FilterInputStream {

    /** The padding of the entry before, and the header: each entry has them. */
    private static final int EACH_BYTES = 1 << 10;

    /** The entries of a backup have short names; a large file needs another kilobyte for its size. */
    private static final int MORE_BYTES = 1 << 20;

    private boolean inHeader;
    private long used;
    private long more;

    HeaderLimit(InputStream in) {
        super(in);
    }

    /** From now on, a header is read. */
    void begin() {
        inHeader = true;
        used = 0;
    }

    /** From now on, the bytes of an entry are read. */
    void end() {
        inHeader = false;
        more += Math.max(0, used - EACH_BYTES);
    }

    @Override
    public int read() throws IOException {
        int one = in.read();
        count(one < 0 ? 0 : 1);
        return one;
    }

    @Override
    public int read(byte[] bytes, int from, int length) throws IOException {
        int n = in.read(bytes, from, length);
        count(n);
        return n;
    }

    @Override
    public long skip(long bytes) throws IOException {
        long n = in.skip(bytes);
        count(n);
        return n;
    }

    private void count(long bytes) throws IOException {
        if (inHeader && bytes > 0) {
            used += bytes;
            if (more + used - EACH_BYTES > MORE_BYTES) {
                throw new IOException("not a backup: its entries have headers of more than " + MORE_BYTES
                        + " bytes, such as long names or attributes; make another backup");
            }
        }
    }

    @Override
    public boolean markSupported() {
        return false;
    }
}
