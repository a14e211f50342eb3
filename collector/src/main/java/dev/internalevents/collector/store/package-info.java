/** Storage of processed events. */
@NullMarked
package dev.internalevents.collector.store;

import org.jspecify.annotations.NullMarked;
