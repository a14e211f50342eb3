/**
 * Counting: which counters an event feeds ({@link dev.internalevents.metrics.Counters}), where they are kept
 * ({@link dev.internalevents.metrics.MetricStore}), and what metrics make of them ({@link
 * dev.internalevents.metrics.Metrics}).
 */
@NullMarked
package dev.internalevents.metrics;

import org.jspecify.annotations.NullMarked;
