/**
 * What the requests of each API look like: {@link dev.internalevents.pipeline.adapter.Adapter} reads events out of a
 * request, and has an implementation for trackers, for the Iglu webhook and for redirects. {@link
 * dev.internalevents.pipeline.adapter.Adapters} chooses by the path. Plain functions of a request; nothing here knows how
 * events are processed.
 */
@NullMarked
package dev.internalevents.pipeline.adapter;

import org.jspecify.annotations.NullMarked;
