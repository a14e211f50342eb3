package dev.internalevents.lake;

import dev.internalevents.store.SinkSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Finds mistakes in settings that no retry would cure, without a connection. */
final class LakeCheck {

    private LakeCheck() {}

    /** @throws IllegalArgumentException naming the option, what is wrong and what is expected */
    static void of(SinkSettings settings) {
        Path folder = settings.folder();
        if (folder != null) {
            checkFolder(folder);
            checkFormat(settings.format(), folder);
        }
        String catalog = settings.catalog();
        if (catalog != null && catalog.startsWith(CatalogConnector.DATABASE)) {
            CatalogConnector.checkDriver(catalog);
        }
    }

    private static void checkFolder(Path folder) {
        for (Path path = folder; path != null; path = path.getParent()) {
            if (Files.isSymbolicLink(path) && !Files.exists(path)) {
                throw new IllegalArgumentException("lake: " + path + " is a symbolic link whose target does not exist;"
                        + " expected a folder, or a link to one");
            }
            if (Files.exists(path)) {
                if (Files.isDirectory(path)) {
                    return;
                }
                throw new IllegalArgumentException("lake: "
                        + (path.equals(folder) ? folder + " is a file" : folder + " is below " + path + ", a file")
                        + "; expected a folder, which is created if it is missing");
            }
        }
    }

    private static void checkFormat(SinkSettings.Format format, Path folder) {
        String other = otherFormat(format, folder);
        if (other != null) {
            throw new IllegalArgumentException(other);
        }
    }

    /** Returns why a format cannot be written to a folder that has another one; null if it can. */
    static @Nullable String otherFormat(SinkSettings.Format format, Path folder) {
        if (format == SinkSettings.Format.ICEBERG && Files.exists(folder.resolve(ParquetTable.STATE))) {
            return "lake: " + folder + " has Parquet files without a table format, to which Iceberg tables cannot be"
                    + " added; expected another folder, or --lake-format parquet";
        }
        Path metadata = folder.resolve(TableShape.GOOD_EVENTS.table()).resolve("metadata");
        if (format == SinkSettings.Format.PARQUET && Files.exists(metadata)) {
            return "lake: " + folder + " has Iceberg tables, to which Parquet files cannot be added; expected another"
                    + " folder, or --lake-format iceberg";
        }
        return null;
    }
}
