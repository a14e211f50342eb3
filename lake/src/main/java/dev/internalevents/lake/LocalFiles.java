package dev.internalevents.lake;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Objects;
import org.apache.iceberg.exceptions.AlreadyExistsException;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.exceptions.RuntimeIOException;
import org.apache.iceberg.io.FileInfo;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.io.OutputFile;
import org.apache.iceberg.io.PositionOutputStream;
import org.apache.iceberg.io.SeekableInputStream;
import org.apache.iceberg.io.SupportsPrefixOperations;
import org.jspecify.annotations.Nullable;

/**
 * Files of a file system that is mounted on this machine, without Hadoop's file systems. A file is on the disk once it
 * is closed. Thread-safe.
 */
public final class LocalFiles implements SupportsPrefixOperations {

    private static final long serialVersionUID = 1;
    private static final String SCHEME = "file:";

    /** Creates it; Iceberg's catalogs call this by name. */
    public LocalFiles() {}

    static Path path(String location) {
        if (!location.startsWith(SCHEME)) {
            return Path.of(location);
        }
        String path = location.substring(SCHEME.length());
        return Path.of(path.startsWith("//") ? path.substring(2) : path);
    }

    @Override
    public InputFile newInputFile(String location) {
        return new Input(location, path(location));
    }

    @Override
    public OutputFile newOutputFile(String location) {
        return new Output(location, path(location));
    }

    @Override
    public void deleteFile(String location) {
        try {
            Files.deleteIfExists(path(location));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Lists the files of a folder and its folders, one folder at a time; none if it is missing. */
    @Override
    public Iterable<FileInfo> listPrefix(String prefix) {
        return () -> new Listing(path(prefix));
    }

    @Override
    public void deletePrefix(String prefix) {
        listPrefix(prefix).forEach(file -> deleteFile(file.location()));
    }

    private static final class Listing implements Iterator<FileInfo> {
        private final Deque<Path> waiting = new ArrayDeque<>();
        private @Nullable FileInfo next;

        private Listing(Path folder) {
            waiting.add(folder);
        }

        @Override
        public boolean hasNext() {
            while (next == null && !waiting.isEmpty()) {
                look(waiting.removeLast());
            }
            return next != null;
        }

        private void look(Path path) {
            try {
                BasicFileAttributes attributes =
                        Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
                if (attributes.isDirectory()) {
                    try (DirectoryStream<Path> files = Files.newDirectoryStream(path)) {
                        files.forEach(waiting::add);
                    }
                } else if (attributes.isRegularFile()) {
                    next = new FileInfo(
                            path.toString(),
                            attributes.size(),
                            attributes.lastModifiedTime().toMillis());
                }
            } catch (NoSuchFileException e) {
                // It was deleted meanwhile.
            } catch (IOException e) {
                throw new RuntimeIOException(e, "%s cannot be listed: %s", path, e);
            } catch (DirectoryIteratorException e) {
                throw new RuntimeIOException(e.getCause(), "%s cannot be listed: %s", path, e.getCause());
            }
        }

        @Override
        public FileInfo next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            FileInfo found = Objects.requireNonNull(next);
            next = null;
            return found;
        }
    }

    private record Output(String location, Path path) implements OutputFile {

        @Override
        public PositionOutputStream create() {
            return open(StandardOpenOption.CREATE_NEW);
        }

        @Override
        public PositionOutputStream createOrOverwrite() {
            return open(StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING);
        }

        private PositionOutputStream open(OpenOption... how) {
            OpenOption[] options = Arrays.copyOf(how, how.length + 1);
            options[how.length] = StandardOpenOption.WRITE;
            try {
                Path folder = path.getParent();
                if (folder != null) {
                    Files.createDirectories(folder);
                }
                return new Writing(FileChannel.open(path, options));
            } catch (FileAlreadyExistsException e) {
                throw new AlreadyExistsException(e, "%s exists already", path);
            } catch (IOException e) {
                throw new RuntimeIOException(e, "%s cannot be created: %s", path, e);
            }
        }

        @Override
        public InputFile toInputFile() {
            return new Input(location, path);
        }
    }

    private static final class Writing extends PositionOutputStream {
        private final FileChannel file;
        private final ByteBuffer buffer = ByteBuffer.allocate(64 << 10);
        private long written;

        private Writing(FileChannel file) {
            this.file = file;
        }

        @Override
        public long getPos() {
            return written + buffer.position();
        }

        @Override
        public void write(int one) throws IOException {
            if (!buffer.hasRemaining()) {
                flush();
            }
            buffer.put((byte) one);
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            if (length > buffer.remaining()) {
                flush();
            }
            if (length > buffer.capacity()) {
                drain(ByteBuffer.wrap(bytes, from, length));
            } else {
                buffer.put(bytes, from, length);
            }
        }

        @Override
        public void flush() throws IOException {
            buffer.flip();
            try {
                drain(buffer);
            } finally {
                buffer.clear();
            }
        }

        private void drain(ByteBuffer bytes) throws IOException {
            while (bytes.hasRemaining()) {
                written += file.write(bytes);
            }
        }

        @Override
        public void close() throws IOException {
            if (!file.isOpen()) {
                return;
            }
            try (file) {
                flush();
                file.force(true);
            }
        }
    }

    private record Input(String location, Path path) implements InputFile {

        @Override
        public long getLength() {
            try {
                return Files.size(path);
            } catch (NoSuchFileException e) {
                throw new NotFoundException(e, "%s does not exist", path);
            } catch (IOException e) {
                throw new RuntimeIOException(e, "%s cannot be read: %s", path, e);
            }
        }

        @Override
        public SeekableInputStream newStream() {
            try {
                return new Reading(FileChannel.open(path, StandardOpenOption.READ));
            } catch (NoSuchFileException e) {
                throw new NotFoundException(e, "%s does not exist", path);
            } catch (IOException e) {
                throw new RuntimeIOException(e, "%s cannot be read: %s", path, e);
            }
        }

        @Override
        public boolean exists() {
            return Files.exists(path);
        }
    }

    private static final class Reading extends SeekableInputStream {
        private final FileChannel file;

        private Reading(FileChannel file) {
            this.file = file;
        }

        @Override
        public long getPos() throws IOException {
            return file.position();
        }

        @Override
        public void seek(long position) throws IOException {
            file.position(position);
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int from, int length) throws IOException {
            return file.read(ByteBuffer.wrap(bytes, from, length));
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
