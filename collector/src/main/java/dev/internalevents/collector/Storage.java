package dev.internalevents.collector;

import dev.internalevents.collector.backup.BackupCopy;
import dev.internalevents.collector.backup.Restore;
import dev.internalevents.collector.processing.Repeats;
import dev.internalevents.spool.Spool;
import dev.internalevents.spool.SpoolSettings;
import dev.internalevents.store.EventStore;
import dev.internalevents.store.FileStores;
import dev.internalevents.store.MemoryEventStore;
import dev.internalevents.store.SchemaFields;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The collector's files: the spool and the store. A collector in memory has a temporary spool, deleted at shutdown. */
final class Storage implements AutoCloseable {

    private static final int SEGMENT_BYTES = 16 << 20;

    private final CollectorSettings settings;
    private final Spool spool;
    private final @Nullable Path temporary;
    private final EventStore memory;

    private Storage(CollectorSettings settings, Spool spool, @Nullable Path temporary) {
        this.settings = settings;
        this.spool = spool;
        this.temporary = temporary;
        int maxRepeats =
                settings.repeats() == Repeats.COUNTED ? settings.maxEvents() : Math.max(1, settings.maxEvents() / 10);
        this.memory =
                new MemoryEventStore(settings.maxEvents(), Runtime.getRuntime().maxMemory() / 4, maxRepeats);
    }

    static Storage open(CollectorSettings settings) throws IOException {
        SpoolSettings spool = SpoolSettings.DEFAULTS
                .withSegmentBytes(SEGMENT_BYTES)
                .withMaxBytes(Math.max(2L * SEGMENT_BYTES, settings.maxSpoolBytes()))
                .withDurability(settings.durability())
                // Values that are anonymized or pseudonymized in the store must not remain in processed requests.
                .withWipe(settings.pipeline().anonymizedIpParts() > 0
                        || settings.pipeline().pseudonyms() != null);
        Path folder = settings.folder();
        if (folder != null) {
            DataFolder.check(folder);
            Restore.checkNone(folder);
            DataFolder.create(folder);
            Spool opened = openSpool(folder, spool);
            BackupCopy.deleteLeftOver(folder);
            return new Storage(settings, opened, null);
        }
        Path temporary = Files.createTempDirectory("internal-events-");
        return new Storage(settings, Spool.open(temporary, spool), temporary);
    }

    /** Opens the spool, unless a restore started in the folder before it was locked. */
    private static Spool openSpool(Path folder, SpoolSettings settings) throws IOException {
        Spool spool;
        try {
            spool = Spool.open(folder.resolve("spool"), settings);
        } catch (IOException e) {
            Restore.checkNone(folder);
            throw e;
        }
        try {
            Restore.checkFinished(folder);
            return spool;
        } catch (IOException e) {
            spool.close();
            throw e;
        }
    }

    Spool spool() {
        return spool;
    }

    /** @param schemas the source of column names */
    EventStore openStore(SchemaFields schemas) {
        Path folder = settings.folder();
        return folder == null ? memory : FileStores.find().open(folder.resolve("events.duckdb"), schemas);
    }

    @Override
    public void close() {
        spool.close();
        if (temporary != null) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(temporary)) {
                for (Path file : files) {
                    Files.deleteIfExists(file);
                }
                Files.deleteIfExists(temporary);
            } catch (IOException e) {
                // The operating system cleans up its temporary folder.
            }
        }
    }
}
