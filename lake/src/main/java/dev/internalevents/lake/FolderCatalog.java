package dev.internalevents.lake;

import java.nio.file.Path;
import org.apache.iceberg.Table;

/**
 * The tables in a folder of a file system that is mounted on this machine, each in a folder with its name.
 *
 * @param folder where the folders of the tables are
 */
record FolderCatalog(Path folder) implements LakeCatalog {

    @Override
    public Table open(TableShape shape) {
        Path place = folder.resolve(shape.table());
        return LakeCatalog.open(new FolderTable(place), shape, place.toString());
    }
}
