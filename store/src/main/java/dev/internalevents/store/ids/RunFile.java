package dev.internalevents.store.ids;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The file of a run. It is read at positions and never mapped, because mapped pages count as memory of the process. Any
 * thread may read.
 */
final class RunFile implements Closeable {

    private final Path path;
    private final FileChannel channel;

    RunFile(Path path) throws IOException {
        this.path = path;
        this.channel = FileChannel.open(path, StandardOpenOption.READ);
    }

    Path path() {
        return path;
    }

    long size() throws IOException {
        return channel.size();
    }

    ByteBuffer read(long position, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length);
        read(position, bytes);
        return bytes.flip();
    }

    /** Fills the remaining space of a buffer. */
    void read(long position, ByteBuffer into) throws IOException {
        long place = position;
        while (into.hasRemaining()) {
            int read = channel.read(into, place);
            if (read < 0) {
                throw damaged("it ends too early, at byte " + place);
            }
            place += read;
        }
    }

    DamagedRunException damaged(String what) {
        return new DamagedRunException(path + " is damaged: " + what);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
