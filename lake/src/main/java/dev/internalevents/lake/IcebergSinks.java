package dev.internalevents.lake;

import dev.internalevents.lake.maintenance.IcebergMaintenance;
import dev.internalevents.protocol.ForeignCode;
import dev.internalevents.store.EventSink;
import dev.internalevents.store.EventSinks;
import dev.internalevents.store.SinkException;
import dev.internalevents.store.SinkMaintenance;
import dev.internalevents.store.SinkSettings;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.apache.iceberg.util.ThreadPools;

/** Writes events to Iceberg tables, or to Parquet files; found by {@link java.util.ServiceLoader}. */
public final class IcebergSinks implements EventSinks {

    /** Creates it. */
    public IcebergSinks() {
        // Initializes the class, which is not possible while the JVM shuts down: that may be the time of the first
        // commit.
        ThreadPools.getWorkerPool();
    }

    @Override
    public EventSink open(SinkSettings settings, Owner owner, SchemaTexts schemas) {
        Path folder = settings.folder();
        if (settings.format() == SinkSettings.Format.PARQUET && folder != null) {
            return new ParquetSink(settings, folder, owner, schemas);
        }
        if (folder != null && ParquetSink.isIn(folder)) {
            throw new SinkException("lake: " + folder + " has Parquet files without a table format, to which Iceberg"
                    + " tables cannot be added; expected another folder, or --lake-format parquet");
        }
        return new IcebergSink(catalog(settings), settings, owner, schemas);
    }

    @Override
    public boolean isMaintained(SinkSettings settings) {
        return settings.format() == SinkSettings.Format.ICEBERG;
    }

    @Override
    public Optional<SinkMaintenance> maintenance(SinkSettings settings, Owner owner, BooleanSupplier stopping) {
        LakeCatalog catalog = catalog(settings);
        try {
            return Optional.of(new IcebergMaintenance(
                    catalog.open(TableShape.GOOD_EVENTS),
                    catalog.open(TableShape.FAILED_EVENTS),
                    new IcebergMaintenance.Parts(owner, stopping, System::currentTimeMillis, Reason::of)));
        } catch (SinkException e) {
            throw e;
        } catch (RuntimeException | Error e) {
            ForeignCode.caught(e);
            throw new SinkException("lake: the tables cannot be opened for maintenance: " + Reason.of(e), e);
        }
    }

    private static LakeCatalog catalog(SinkSettings settings) {
        Path folder = settings.folder();
        if (folder == null || settings.catalog() != null || settings.format() != SinkSettings.Format.ICEBERG) {
            throw new SinkException("lake: only Iceberg tables in a folder can be written; expected --lake DIR alone");
        }
        return new FolderCatalog(folder);
    }
}
