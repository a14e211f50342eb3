/**
 * Moves requests from the spool through the pipeline into the store: exactly once, in order, with senders taking
 * precedence.
 */
@NullMarked
package dev.internalevents.collector.processing;

import org.jspecify.annotations.NullMarked;
