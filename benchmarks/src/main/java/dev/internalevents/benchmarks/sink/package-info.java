/** The sink to which events are sent: a collector that reads and counts, in a process of its own. */
@NullMarked
package dev.internalevents.benchmarks.sink;

import org.jspecify.annotations.NullMarked;
