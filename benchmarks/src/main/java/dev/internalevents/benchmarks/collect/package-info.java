/** Compares the collector with nginx, which writes the same bodies to its log. */
@NullMarked
package dev.internalevents.benchmarks.collect;

import org.jspecify.annotations.NullMarked;
