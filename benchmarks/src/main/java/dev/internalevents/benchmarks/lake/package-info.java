/** Events written as Iceberg tables. */
@NullMarked
package dev.internalevents.benchmarks.lake;

import org.jspecify.annotations.NullMarked;
