package dev.internalevents.lake;

import org.apache.iceberg.BaseTable;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.exceptions.CommitFailedException;

/**
 * Knows where the tables of a lake are. Blocks; throws what Iceberg, the file system or the catalog's server throws.
 */
interface LakeCatalog extends AutoCloseable {

    /** Opens a table, and creates it if it is missing. Each call returns a table of its own, for one thread. */
    Table open(TableShape shape);

    /** Ends the connections of the catalog and of the tables that it has opened. */
    @Override
    default void close() {}

    /** Opens a table without a catalog, and creates it if it is missing. */
    static Table open(VersionedTable table, TableShape shape, String location) {
        if (!table.exists()) {
            try {
                var schema = shape.schema();
                table.commit(
                        null,
                        TableMetadata.newTableMetadata(
                                schema, TableShape.partitions(schema), location, TableShape.properties()));
            } catch (CommitFailedException e) {
                table.refresh(); // Another collector made it.
            }
        }
        return new BaseTable(table, shape.table(), report -> {});
    }
}
