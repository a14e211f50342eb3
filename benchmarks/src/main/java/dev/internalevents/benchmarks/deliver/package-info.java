/** Measures how fast, and at what cost, events reach a collector. */
@NullMarked
package dev.internalevents.benchmarks.deliver;

import org.jspecify.annotations.NullMarked;
