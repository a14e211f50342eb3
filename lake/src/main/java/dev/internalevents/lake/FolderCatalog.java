package dev.internalevents.lake;

import java.nio.file.Path;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.exceptions.CommitFailedException;

/**
 * The tables in a folder of a file system that is mounted on this machine, each in a folder with its name.
 *
 * @param folder where the folders of the tables are
 */
record FolderCatalog(Path folder) implements LakeCatalog {

    @Override
    public Table open(TableShape shape) {
        Path place = folder.resolve(shape.table());
        FolderTable operations = new FolderTable(place);
        if (!operations.exists()) {
            try {
                var schema = shape.schema();
                operations.commit(
                        null,
                        TableMetadata.newTableMetadata(
                                schema, TableShape.partitions(schema), place.toString(), TableShape.properties()));
            } catch (CommitFailedException e) {
                operations.refresh(); // Another collector made it.
            }
        }
        return new BaseTable(operations, shape.table(), report -> {});
    }
}
