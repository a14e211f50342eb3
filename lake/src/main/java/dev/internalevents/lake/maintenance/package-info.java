/** Looks after Iceberg tables: merges files, expires snapshots, deletes orphans, removes the rows of persons. */
@NullMarked
package dev.internalevents.lake.maintenance;

import org.jspecify.annotations.NullMarked;
