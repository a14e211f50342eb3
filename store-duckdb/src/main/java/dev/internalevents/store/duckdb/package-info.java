/** Stores events in DuckDB, in a file or in memory. One thread writes, in columns; many read with SQL. */
@NullMarked
package dev.internalevents.store.duckdb;

import org.jspecify.annotations.NullMarked;
