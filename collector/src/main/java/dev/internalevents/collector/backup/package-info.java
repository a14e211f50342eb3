/** Consistent copies of a collector that runs, and their restore. */
@NullMarked
package dev.internalevents.collector.backup;

import org.jspecify.annotations.NullMarked;
