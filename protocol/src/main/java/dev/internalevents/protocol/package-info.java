/**
 * The wire: events and contexts as immutable values, {@code payload_data}, its encoding and decoding, Iglu schema keys.
 *
 * <p>Everything here is free of side effects and safe for use by many threads, except {@link
 * dev.internalevents.protocol.JsonWriter}, which belongs to one thread at a time.
 */
@NullMarked
package dev.internalevents.protocol;

import org.jspecify.annotations.NullMarked;
