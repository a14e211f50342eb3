/** Measures the cost of a call for the calling thread. */
@NullMarked
package dev.internalevents.benchmarks.track;

import org.jspecify.annotations.NullMarked;
