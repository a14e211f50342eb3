/** Measures the cost of counting per event, and the error of a sketch. */
@NullMarked
package dev.internalevents.benchmarks.metrics;

import org.jspecify.annotations.NullMarked;
