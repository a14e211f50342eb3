/**
 * The wire format: events and contexts as immutable values, encoding and decoding of {@code payload_data}, and Iglu
 * schema keys.
 *
 * <p>Everything here is free of side effects and safe for use by many threads, except
 * {@link dev.internalevents.protocol.JsonWriter}, which belongs to one thread at a time.
 */
@NullMarked
package dev.internalevents.protocol;

import org.jspecify.annotations.NullMarked;
