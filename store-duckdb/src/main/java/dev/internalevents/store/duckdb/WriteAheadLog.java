package dev.internalevents.store.duckdb;

import dev.internalevents.spool.OwnerOnly;
import dev.internalevents.spool.SetAside;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Repairs the file next to the store in which DuckDB writes transactions until the next checkpoint. */
final class WriteAheadLog {

    private static final Logger LOG = LoggerFactory.getLogger(WriteAheadLog.class);

    private WriteAheadLog() {}

    /**
     * Renames a damaged log, and copies back the transactions before the damage, so that the store can be opened
     * without those that cannot be read.
     *
     * @return false if it cannot be moved
     */
    static boolean setAside(Path store, OpeningFailure failure) {
        Path log = OpeningFailure.writeAheadLog(store);
        long whole = Files.isRegularFile(log) ? failure.damagedFrom().orElse(0) : 0;
        try {
            Path aside = SetAside.move(log);
            if (whole > 0) {
                Files.copy(aside, log);
                OwnerOnly.restrict(log);
                try (FileChannel channel = FileChannel.open(log, StandardOpenOption.WRITE)) {
                    channel.truncate(whole);
                }
            }
            LOG.warn(
                    "{} is damaged ({}): the store is opened without the transactions from byte {} on, and their events"
                            + " are lost; the damaged file is now {}",
                    log,
                    failure.message(),
                    whole,
                    aside.getFileName());
            return true;
        } catch (IOException e) {
            LOG.warn("{} is damaged ({}) and cannot be moved: {}", log, failure.message(), e.toString());
            return false;
        }
    }
}
