package dev.internalevents.lake.s3;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.iceberg.exceptions.AlreadyExistsException;
import org.apache.iceberg.exceptions.RuntimeIOException;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.io.OutputFile;
import org.apache.iceberg.io.PositionOutputStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.s3.model.CompletedPart;

/** An object that is written. */
final class ObjectOutput implements OutputFile {

    private static final Logger LOG = LoggerFactory.getLogger(ObjectOutput.class);

    private final S3Files files;
    private final String location;
    private final ObjectName name;

    ObjectOutput(S3Files files, String location, ObjectName name) {
        this.files = files;
        this.location = location;
        this.name = name;
    }

    @Override
    public PositionOutputStream create() {
        if (files.store().exists(name)) {
            throw new AlreadyExistsException("%s exists already", location);
        }
        return createOrOverwrite();
    }

    @Override
    public PositionOutputStream createOrOverwrite() {
        return new Writing();
    }

    @Override
    public String location() {
        return location;
    }

    @Override
    public InputFile toInputFile() {
        return files.newInputFile(location);
    }

    /** Writes one part at a time; an object of up to one part is written at once. */
    private final class Writing extends PositionOutputStream {
        /** At least 5 MB, the least that S3 accepts; with 10,000 parts, an object has up to 80 GB. */
        private static final int PART = 8 << 20;

        private static final int FIRST_BUFFER = 64 << 10;

        private final List<CompletedPart> parts = new ArrayList<>();
        private byte[] buffer = new byte[FIRST_BUFFER];
        private int length;
        private long written;
        private @Nullable String upload;
        private boolean isClosed;
        private boolean isFailed;

        @Override
        public long getPos() {
            return written + length;
        }

        @Override
        public void write(int one) throws IOException {
            write(new byte[] {(byte) one}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int from, int count) throws IOException {
            if (isClosed || isFailed) {
                throw new IOException(isFailed ? "an earlier part could not be written" : "the file is closed");
            }
            int done = 0;
            while (done < count) {
                if (length == buffer.length && !grow()) {
                    part();
                }
                int some = Math.min(count - done, buffer.length - length);
                System.arraycopy(bytes, from + done, buffer, length, some);
                length += some;
                done += some;
            }
        }

        private boolean grow() {
            if (buffer.length == PART) {
                return false;
            }
            buffer = Arrays.copyOf(buffer, Math.min(PART, buffer.length * 4));
            return true;
        }

        private void part() throws IOException {
            trying(() -> {
                String id = upload == null ? files.store().begin(name) : upload;
                upload = id;
                parts.add(files.store().part(name, id, parts.size() + 1, buffer, length));
            });
            written += length;
            length = 0;
        }

        /** Discards what was written of the object after a failure. */
        private void trying(Runnable work) throws IOException {
            isFailed = true;
            try {
                work.run();
                isFailed = false;
            } catch (RuntimeIOException e) {
                BucketException failure = BucketException.in(e);
                throw failure == null ? new IOException(e) : failure;
            } finally {
                if (isFailed) {
                    abort();
                }
            }
        }

        private void abort() {
            if (upload != null) {
                try {
                    files.store().abort(name, upload);
                } catch (RuntimeException e) {
                    LOG.debug("the upload of {} was not aborted", name, e);
                }
                upload = null;
            }
        }

        @Override
        public void close() throws IOException {
            if (isClosed) {
                return;
            }
            isClosed = true;
            if (isFailed) {
                throw new IOException("an earlier part could not be written");
            }
            String id = upload;
            if (id == null) {
                trying(() -> files.store().put(name, buffer, length));
            } else {
                trying(() -> {
                    if (length > 0) {
                        parts.add(files.store().part(name, id, parts.size() + 1, buffer, length));
                    }
                    files.store().complete(name, id, parts, written + length);
                });
            }
            written += length;
            length = 0;
            buffer = new byte[0];
        }
    }
}
