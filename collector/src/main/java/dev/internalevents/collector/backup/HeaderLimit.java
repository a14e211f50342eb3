package dev.internalevents.collector.backup;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * Limits what is read of a tar as the header of an entry. A long name, an attribute or a map of holes can be of any size
 * by the format and is kept in memory, and each header before the entry's own is read by a deeper call.
 */
final class HeaderLimit extends FilterInputStream {

    /** The headers of a backup's entry have at most 2 KB, with the padding of the entry before. */
    private static final int MAX_BYTES = 64 << 10;

    /** A header is larger than that of any backup. */
    static final class ExceededException extends IOException {
        private static final long serialVersionUID = 1L;

        ExceededException() {
            super("not a backup: an entry has a header of more than " + MAX_BYTES
                    + " bytes, such as a long name; make another backup");
        }
    }

    private boolean inHeader;
    private long used;

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

    /** Reads, because a pipe cannot be skipped. */
    @Override
    public long skip(long bytes) throws IOException {
        byte[] some = new byte[(int) Math.max(0, Math.min(bytes, MAX_BYTES))];
        return Math.max(0, read(some, 0, some.length));
    }

    private void count(long bytes) throws IOException {
        if (inHeader && bytes > 0) {
            used += bytes;
            if (used > MAX_BYTES) {
                throw new ExceededException();
            }
        }
    }

    @Override
    public boolean markSupported() {
        return false;
    }
}
