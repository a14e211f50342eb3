package dev.internalevents.cli.commands;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Counts the records that are read: lines, except that a line break in a quoted cell of CSV does not end one. */
final class CountedRecords extends FilterInputStream {

    private final boolean csv;
    private boolean isQuoted;
    private long ends;

    /** @param csv whether it is CSV with a line of column names, which is no record */
    CountedRecords(InputStream in, boolean csv) {
        super(in);
        this.csv = csv;
    }

    /** Returns the number of records read so far. */
    long count() {
        return csv ? Math.max(0, ends - 1) : ends;
    }

    @Override
    public int read() throws IOException {
        int read = super.read();
        if (read >= 0) {
            take((byte) read);
        }
        return read;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        int read = super.read(bytes, offset, length);
        for (int i = 0; i < read; i++) {
            take(bytes[offset + i]);
        }
        return read;
    }

    private void take(byte one) {
        if (csv && one == '"') {
            isQuoted = !isQuoted;
        } else if (one == '\n' && !isQuoted) {
            ends++;
        }
    }
}
