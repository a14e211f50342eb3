/**
 * Counting: which counters an event feeds ({@link dev.internalevents.metrics.Counters}), where they are stored
 * ({@link dev.internalevents.metrics.MetricStore}), and how metrics are computed from them
 * ({@link dev.internalevents.metrics.Metrics}).
 */
@NullMarked
package dev.internalevents.metrics;

import org.jspecify.annotations.NullMarked;
