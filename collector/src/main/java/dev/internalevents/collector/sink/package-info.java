/** Hands stored events to an event sink, such as a lake. */
@NullMarked
package dev.internalevents.collector.sink;

import org.jspecify.annotations.NullMarked;
