package dev.internalevents.collector.store.duckdb;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;

/** Events are personal data: their owner alone may read the file. */
final class OwnerOnly {

    private OwnerOnly() {}

    /** Creates a file, which must not be there yet, for writing. */
    static FileChannel create(Path file) throws IOException {
        FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        restrict(file);
        return channel;
    }

    static void restrict(Path file) {
        try {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        } catch (IOException | UnsupportedOperationException e) {
            // A file system without such permissions; the folder around it is what protects it.
        }
    }
}
