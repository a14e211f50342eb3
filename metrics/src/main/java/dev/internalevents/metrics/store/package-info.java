/** Stores of counters: in memory, and in a file that survives the process. */
@NullMarked
package dev.internalevents.metrics.store;

import org.jspecify.annotations.NullMarked;
