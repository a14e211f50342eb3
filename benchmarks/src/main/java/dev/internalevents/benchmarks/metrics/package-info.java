/** Counting: what it costs an event, and how far a sketch is off. */
@NullMarked
package dev.internalevents.benchmarks.metrics;

import org.jspecify.annotations.NullMarked;
