/**
 * The request formats of the APIs. {@link dev.internalevents.pipeline.adapter.Adapter} reads events from a request;
 * there are implementations for trackers, the Iglu webhook and redirects.
 * {@link dev.internalevents.pipeline.adapter.Adapters} chooses one by the path. These are pure functions of a request
 * and independent of how events are processed.
 */
@NullMarked
package dev.internalevents.pipeline.adapter;

import org.jspecify.annotations.NullMarked;
