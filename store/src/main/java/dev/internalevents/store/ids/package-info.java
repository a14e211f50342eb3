/** The index of event ids on disk, with which deduplication finds the stored events with an id. */
@NullMarked
package dev.internalevents.store.ids;

import org.jspecify.annotations.NullMarked;
