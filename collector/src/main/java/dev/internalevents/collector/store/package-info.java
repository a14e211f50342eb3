/** Where processed events are kept. */
@NullMarked
package dev.internalevents.collector.store;

import org.jspecify.annotations.NullMarked;
