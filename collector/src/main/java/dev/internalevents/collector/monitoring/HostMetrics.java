package dev.internalevents.collector.monitoring;

import dev.internalevents.iglu.Registry;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Metrics of what the collector runs on and depends on: connections, disk, definitions and registries. */
public final class HostMetrics {

    private final Registration to;

    private HostMetrics(Registration to) {
        this.to = to;
    }

    /**
     * What the metrics are read from.
     *
     * @param connections the number of open connections
     * @param limited the number of requests answered 429 since the start
     * @param filesLeftOut the number of definition files that have an error and are not used
     * @param folder the data folder; null for a collector that stores events in memory
     * @param registries the registries of schemas
     */
    public record Sources(
            IntSupplier connections,
            LongSupplier limited,
            int filesLeftOut,
            @Nullable Path folder,
            List<Registry> registries) {}

    public static void register(PrometheusRegistry registry, Sources sources) {
        HostMetrics metrics = new HostMetrics(new Registration(registry));
        metrics.sources(sources);
        Path folder = sources.folder();
        if (folder != null) {
            metrics.disk(folder);
        }
    }

    private void sources(Sources sources) {
        to.gauge("connections", "Open connections", sources.connections()::getAsInt);
        to.counter(
                "requests_limited",
                "Requests over --requests-per-second of their address, answered 429",
                sources.limited()::getAsLong);
        to.gauge(
                "definition_files_left_out",
                "Definition files that have an error and are not used; logged at startup",
                sources::filesLeftOut);
        to.gauge(
                "registry_up",
                "1 if the registry of schemas answered when it was last asked, or was not asked; 0 if it did not answer",
                "registry",
                all -> registries(all, sources.registries()));
    }

    private static void registries(GaugeWithCallback.Callback all, List<Registry> registries) {
        for (Registry registry : registries) {
            all.call(registry.failing() == null ? 1 : 0, registry.name());
        }
    }

    private void disk(Path folder) {
        to.gauge("store_bytes", "Total size of the store's files", () -> storeBytes(folder));
        to.gauge(
                "disk_free_bytes",
                "Bytes that the collector may still write to the disk of its data folder; NaN if unknown",
                () -> freeBytes(folder));
    }

    /** The database, and what it has not merged into it yet. */
    private static double storeBytes(Path folder) {
        long sum = 0;
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "events.duckdb*")) {
            for (Path file : files) {
                sum += bytes(file);
            }
        } catch (IOException | DirectoryIteratorException e) {
            return Double.NaN;
        }
        return sum;
    }

    private static long bytes(Path file) throws IOException {
        try {
            return Files.isRegularFile(file) ? Files.size(file) : 0;
        } catch (NoSuchFileException e) {
            return 0; // merged meanwhile
        }
    }

    private static double freeBytes(Path folder) {
        try {
            return Files.getFileStore(folder).getUsableSpace();
        } catch (IOException e) {
            return Double.NaN;
        }
    }
}
