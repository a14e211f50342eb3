/**
 * Queues and sends events: a bounded queue, batches, retries. Internal: applications use
 * {@link dev.internalevents.client.InternalEventsClient}.
 */
@NullMarked
package dev.internalevents.client.internal.emitter;

import org.jspecify.annotations.NullMarked;
