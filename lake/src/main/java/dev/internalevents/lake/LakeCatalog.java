package dev.internalevents.lake;

import org.apache.iceberg.Table;

/**
 * Knows where the tables of a lake are. Blocks; throws what Iceberg, the file system or the catalog's server throws.
 */
interface LakeCatalog {

    /** Opens a table, and creates it if it is missing. Each call returns a table of its own, for one thread. */
    Table open(TableShape shape);
}
