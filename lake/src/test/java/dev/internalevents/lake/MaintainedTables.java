package dev.internalevents.lake;

import dev.internalevents.lake.maintenance.IcebergMaintenance;
import dev.internalevents.store.EventSink;
import dev.internalevents.store.EventSinks;
import dev.internalevents.store.Events;
import dev.internalevents.store.SinkException;
import dev.internalevents.store.SinkMaintenance;
import dev.internalevents.store.SinkSettings;
import dev.internalevents.store.StoredEvent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.CloseableIterable;

/** Tables with events of several days, and what looks after them, with a clock that the test sets. */
final class MaintainedTables {

    private final Path folder;
    /** The clock of maintenance. */
    final AtomicLong now = new AtomicLong(System.currentTimeMillis());
    /** Asked during the work. */
    volatile BooleanSupplier stopping = () -> false;

    MaintainedTables(Path folder) {
        this.folder = folder;
    }

    static EventSinks.Owner owner() {
        return owner("host");
    }

    static EventSinks.Owner owner(String host) {
        return new EventSinks.Owner(UUID.randomUUID(), host, "/data");
    }

    EventSink open(EventSinks.Owner owner) {
        return EventSinks.find().open(SinkSettings.in(folder), owner, key -> Optional.empty());
    }

    IcebergMaintenance maintenance(EventSinks.Owner owner) {
        FolderCatalog catalog = new FolderCatalog(folder);
        return new IcebergMaintenance(
                catalog.open(TableShape.GOOD_EVENTS),
                catalog.open(TableShape.FAILED_EVENTS),
                new IcebergMaintenance.Parts(owner, () -> stopping.getAsBoolean(), now::get, Reason::of, () -> {}));
    }

    SinkMaintenance.Tidied tidy() {
        IcebergMaintenance maintenance = maintenance(owner());
        if (!maintenance.take()) {
            throw new SinkException("another has the lease");
        }
        try {
            return maintenance.tidy();
        } finally {
            maintenance.release();
        }
    }

    Instant daysAgo(int days) {
        return Instant.ofEpochMilli(now.get()).truncatedTo(ChronoUnit.DAYS).minus(days, ChronoUnit.DAYS);
    }

    /** Returns events after a number, that were received on one day: each fourth is a failed one. */
    static List<StoredEvent> events(Instant received, long after, long through, Map<String, String> more) {
        Events events = new Events(after);
        for (long i = after + 1; i <= through; i++) {
            Map<String, String> parameters = new HashMap<>(Map.of("e", "se", "se_ca", "c" + i, "se_ac", "a"));
            parameters.putAll(more);
            if (i % 4 == 0) {
                parameters.put("se_va", "ten");
            }
            events.add(received.plusSeconds(i), null, parameters);
        }
        return events.events();
    }

    void write(EventSink sink, Instant received, long after, long through) {
        sink.write(events(received, after, through, Map.of()));
        sink.commit(through);
    }

    Table table(String name) {
        return Tables.open(folder.resolve(name));
    }

    List<String> rows(String name) {
        return Tables.rows(folder.resolve(name)).stream().map(Object::toString).toList();
    }

    List<Long> numbers(String name) {
        return Tables.numbers(folder.resolve(name));
    }

    /** Returns the files of the current snapshot. */
    List<FileScanTask> files(String name) {
        List<FileScanTask> files = new ArrayList<>();
        try (CloseableIterable<FileScanTask> all = table(name).newScan().planFiles()) {
            all.forEach(files::add);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return files;
    }

    /** Returns the names of all data files on the disk. */
    Set<String> dataOnDisk(String name) {
        return onDisk(folder.resolve(name).resolve("data"));
    }

    Set<String> metadataOnDisk(String name) {
        return onDisk(folder.resolve(name).resolve("metadata"));
    }

    private static Set<String> onDisk(Path folder) {
        while (true) {
            try (Stream<Path> all = Files.walk(folder)) {
                Set<String> names = new TreeSet<>();
                all.filter(Files::isRegularFile)
                        .forEach(file -> names.add(file.getFileName().toString()));
                return names;
            } catch (UncheckedIOException e) {
                if (!(e.getCause() instanceof NoSuchFileException)) {
                    throw e;
                }
                // Another process deleted a file meanwhile.
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
