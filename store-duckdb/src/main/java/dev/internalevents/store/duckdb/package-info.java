/** Events in DuckDB, in a file or in memory: written in columns by one thread, read with SQL by many. */
@NullMarked
package dev.internalevents.store.duckdb;

import org.jspecify.annotations.NullMarked;
