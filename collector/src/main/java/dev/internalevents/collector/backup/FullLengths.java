package dev.internalevents.collector.backup;

import java.io.FilterOutputStream;
import java.io.OutputStream;

/**
 * Counts the bytes by which the segments of a backup are shorter than they will be when restored; discards all content.
 */
final class FullLengths implements BackupReader.Target {

    private long missing;

    @Override
    public OutputStream open(String name) {
        if (!BackupNames.isSegment(name)) {
            return OutputStream.nullOutputStream();
        }
        FirstBytes segment = new FirstBytes();
        return new FilterOutputStream(segment) {
            @Override
            public void write(byte[] bytes, int from, int length) {
                segment.write(bytes, from, length);
            }

            @Override
            public void close() {
                missing += segment.missing();
            }
        };
    }

    long missing() {
        return missing;
    }
}
