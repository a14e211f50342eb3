/** From the spool through the pipeline into the store: exactly once, in order, as fast as there is time for it. */
@NullMarked
package dev.internalevents.collector.processing;

import org.jspecify.annotations.NullMarked;
