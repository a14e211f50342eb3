package dev.internalevents.collector.backup;

import dev.internalevents.spool.OwnerOnly;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A new file that is forced to the disk when it is closed. */
final class RestoredFile extends OutputStream {

    private static final int BUFFER_BYTES = 1 << 16;

    private final Path path;
    private final FileChannel channel;
    private final OutputStream out;
    private final @Nullable FirstBytes segment;

    /** Thrown if a file cannot be written. */
    static final class NotWrittenException extends IOException {
        private static final long serialVersionUID = 1L;

        NotWrittenException(Path path, IOException e) {
            super(path + " could not be written: " + Reason.of(e), e);
        }
    }

    private RestoredFile(Path path, @Nullable FirstBytes segment) throws IOException {
        this.path = path;
        this.segment = segment;
        try {
            this.channel = OwnerOnly.create(path);
        } catch (IOException e) {
            throw new NotWrittenException(path, e);
        }
        this.out = new BufferedOutputStream(Channels.newOutputStream(channel), BUFFER_BYTES);
    }

    static RestoredFile of(Path path) throws IOException {
        return new RestoredFile(path, null);
    }

    /** Opens a segment, which is padded to the length that its header says. */
    static RestoredFile segment(Path path) throws IOException {
        return new RestoredFile(path, new FirstBytes());
    }

    @Override
    public void write(int one) throws IOException {
        write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
        if (segment != null) {
            segment.write(bytes, from, length);
        }
        toDisk(bytes, from, length);
    }

    private void toDisk(byte[] bytes, int from, int length) throws IOException {
        try {
            out.write(bytes, from, length);
        } catch (IOException e) {
            throw new NotWrittenException(path, e);
        }
    }

    @Override
    public void close() throws IOException {
        try (channel) {
            if (segment != null) {
                // Write zeros rather than leave a hole: the spool maps the file, and a full disk cannot be reported
                // there.
                byte[] zeros = new byte[BUFFER_BYTES];
                for (long missing = segment.missing(); missing > 0; missing -= zeros.length) {
                    toDisk(zeros, 0, (int) Math.min(missing, zeros.length));
                }
            }
            out.flush();
            channel.force(true);
        } catch (NotWrittenException e) {
            throw e;
        } catch (IOException e) {
            throw new NotWrittenException(path, e);
        }
    }
}
