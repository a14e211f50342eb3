package dev.internalevents.lake;

import dev.internalevents.lake.maintenance.IcebergMaintenance;
import dev.internalevents.lake.s3.S3Files;
import dev.internalevents.lake.s3.S3Settings;
import dev.internalevents.protocol.ForeignCode;
import dev.internalevents.store.EventSink;
import dev.internalevents.store.EventSinks;
import dev.internalevents.store.SinkException;
import dev.internalevents.store.SinkMaintenance;
import dev.internalevents.store.SinkSettings;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.util.ThreadPools;
import org.jspecify.annotations.Nullable;

/** Writes events to Iceberg tables, or to Parquet files; found by {@link java.util.ServiceLoader}. */
public final class IcebergSinks implements EventSinks {

    private final UnaryOperator<@Nullable String> environment;

    /** Creates it, with the credentials of the environment. */
    public IcebergSinks() {
        this(System::getenv);
    }

    IcebergSinks(UnaryOperator<@Nullable String> environment) {
        this.environment = environment;
        // Initializes the class, which is not possible while the JVM shuts down: that may be the time of the first
        // commit.
        ThreadPools.getWorkerPool();
    }

    @Override
    public void check(SinkSettings settings) {
        LakeCheck.of(settings);
    }

    @Override
    public EventSink open(SinkSettings settings, Owner owner, SchemaTexts schemas) {
        Path folder = settings.folder();
        String other = folder == null ? null : LakeCheck.otherFormat(settings.format(), folder);
        if (other != null) {
            throw new SinkException(other);
        }
        return settings.format() == SinkSettings.Format.PARQUET && folder != null
                ? LakeSink.ofParquet(settings, folder, owner, schemas)
                : LakeSink.ofIceberg(catalog(settings), settings, owner, schemas);
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
                    new IcebergMaintenance.Parts(
                            owner, stopping, System::currentTimeMillis, Reason::of, catalog::close)));
        } catch (SinkException e) {
            catalog.close();
            throw e;
        } catch (RuntimeException | Error e) {
            ForeignCode.caught(e);
            catalog.close();
            throw new SinkException("lake: the tables cannot be opened for maintenance: " + Reason.of(e), e);
        }
    }

    /** Returns the catalog of the settings; nothing is opened yet. */
    LakeCatalog catalog(SinkSettings settings) {
        if (settings.format() != SinkSettings.Format.ICEBERG) {
            throw new SinkException("lake: only Iceberg tables can be written");
        }
        Path folder = settings.folder();
        String catalog = settings.catalog();
        if (catalog != null) {
            Supplier<FileIO> files = folder == null ? () -> bucket(settings) : LocalFiles::new;
            return new ServerCatalog(
                    settings.location(), new CatalogConnector(catalog, settings.location(), files, environment));
        }
        return folder == null ? new BucketCatalog(settings.location(), bucket(settings)) : new FolderCatalog(folder);
    }

    private S3Files bucket(SinkSettings settings) {
        return new S3Files(S3Settings.of(settings.s3Endpoint(), environment));
    }
}
