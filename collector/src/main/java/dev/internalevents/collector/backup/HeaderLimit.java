package dev.internalevents.collector.backup;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * Limits the size of an entry's header in a tar. The format allows long names, attributes and sparse maps of any size,
 * which the tar reader holds in memory, and each header before the entry's own is read by another recursive call.
 */
final class HeaderLimit extends FilterInputStream {

    /** The headers of an entry in a real backup have at most 2 KB, including the padding of the previous entry. */
    private static final int MAX_BYTES = 64 << 10;

    /** Thrown if a header is larger than in any real backup. */
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

    /** Starts counting: the next bytes are a header. */
    void begin() {
        inHeader = true;
        used = 0;
    }

    /** Stops counting: the next bytes are an entry's content. */
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

    /** Reads instead of skipping, because a pipe cannot skip. */
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
