package dev.internalevents.collector.backup;

import dev.internalevents.spool.SpoolFolder;
import java.io.OutputStream;
import java.util.Arrays;

/** Counts the bytes of a segment and stores its header. */
final class FirstBytes extends OutputStream {

    private final byte[] first = new byte[SpoolFolder.HEADER_BYTES];
    private long count;

    @Override
    public void write(int one) {
        write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int length) {
        if (count < first.length) {
            System.arraycopy(bytes, from, first, (int) count, Math.min(length, first.length - (int) count));
        }
        count += length;
    }

    /**
     * Returns how many bytes are missing at the segment's end. A backup contains a segment only up to the end of its
     * frames, but a spool considers a segment damaged if it is shorter than its header says.
     */
    long missing() {
        int known = (int) Math.min(count, first.length);
        return Math.max(0, SpoolFolder.segmentBytes(Arrays.copyOf(first, known)) - count);
    }
}
