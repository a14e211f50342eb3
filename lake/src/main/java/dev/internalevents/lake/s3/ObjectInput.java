package dev.internalevents.lake.s3;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.io.SeekableInputStream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/** An object that is read. */
final class ObjectInput implements InputFile {

    static final long UNKNOWN = -1;

    private final S3Files files;
    private final String location;
    private final ObjectName name;
    private volatile long length;

    ObjectInput(S3Files files, String location, ObjectName name, long length) {
        this.files = files;
        this.location = location;
        this.name = name;
        this.length = length;
    }

    @Override
    public long getLength() {
        if (length == UNKNOWN) {
            length = files.store().length(name);
        }
        return length;
    }

    @Override
    public SeekableInputStream newStream() {
        return new Reading(getLength());
    }

    @Override
    public String location() {
        return location;
    }

    @Override
    public boolean exists() {
        return files.store().exists(name);
    }

    /**
     * Reads from the position to the end, until the caller seeks elsewhere; a connection that fails is replaced. A
     * store that keeps the reader waiting longer than a request may take, and sends almost nothing meanwhile, is given
     * up.
     */
    private final class Reading extends SeekableInputStream {
        private static final int MAX_ATTEMPTS = 3;
        private static final long MAX_SKIP = 256 << 10;
        private static final int SKIP = 8 << 10;
        private static final long LEAST_BYTES_A_SECOND = 10_000;

        private final long end;
        private @Nullable ResponseInputStream<GetObjectResponse> open;
        private long position;
        /** Where the open stream is. */
        private long at;

        private long waited;
        private long received;

        private Reading(long end) {
            this.end = end;
        }

        @Override
        public long getPos() {
            return position;
        }

        @Override
        public void seek(long to) throws IOException {
            if (to < 0) {
                throw new IOException("not a position: " + to);
            }
            position = to;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int from, int length) throws IOException {
            if (length == 0) {
                return 0;
            }
            if (position >= end) {
                return -1;
            }
            for (int attempt = 1; ; attempt++) {
                try {
                    int count = receive(stream(), bytes, from, length);
                    if (count < 0) {
                        throw new IOException("the answer is shorter than the object");
                    }
                    position += count;
                    at = position;
                    return count;
                } catch (TooSlowException e) {
                    abort();
                    throw BucketException.of(name.bucket(), e);
                } catch (IOException e) {
                    abort();
                    if (attempt == MAX_ATTEMPTS) {
                        throw BucketException.of(name.bucket(), e);
                    }
                }
            }
        }

        private ResponseInputStream<GetObjectResponse> stream() throws IOException {
            ResponseInputStream<GetObjectResponse> stream = open;
            long ahead = position - at;
            if (stream != null && (ahead < 0 || ahead > MAX_SKIP)) {
                abort();
                stream = null;
            }
            if (stream == null) {
                stream = files.store().read(name, position);
                open = stream;
            } else if (ahead > 0) {
                skip(stream, ahead);
            }
            at = position;
            return stream;
        }

        private int receive(InputStream from, byte[] bytes, int start, int length) throws IOException {
            long before = System.nanoTime();
            int count = from.read(bytes, start, length);
            waited += System.nanoTime() - before;
            received += Math.max(0, count);
            Duration time = Duration.ofNanos(waited);
            if (time.compareTo(files.store().longest()) > 0
                    && received < time.toMillis() * LEAST_BYTES_A_SECOND / 1_000) {
                throw new TooSlowException();
            }
            return count;
        }

        private void skip(InputStream from, long count) throws IOException {
            byte[] skipped = new byte[SKIP];
            long left = count;
            while (left > 0) {
                int some = receive(from, skipped, 0, (int) Math.min(left, SKIP));
                if (some < 0) {
                    throw new EOFException();
                }
                left -= some;
            }
        }

        /** Closes the connection, because what follows may be long. */
        private void abort() {
            if (open != null) {
                open.abort();
                open = null;
            }
        }

        @Override
        public void close() throws IOException {
            if (open != null && at == end) {
                open.close(); // The connection can be used again.
                open = null;
            }
            abort();
        }
    }

    private static final class TooSlowException extends IOException {
        private static final long serialVersionUID = 1;

        private TooSlowException() {
            super("it sends less than 10 kB a second");
        }
    }
}
