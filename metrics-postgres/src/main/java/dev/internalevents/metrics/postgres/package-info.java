/** Counters in PostgreSQL. */
@NullMarked
package dev.internalevents.metrics.postgres;

import org.jspecify.annotations.NullMarked;
