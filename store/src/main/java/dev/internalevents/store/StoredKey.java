package dev.internalevents.store;

import dev.internalevents.pipeline.EventKey;
import java.time.Instant;

/**
 * Identifies a stored event for the detection of repeats.
 *
 * @param number the event's number
 * @param key the id that it was sent with, and its fingerprint, or the id that was derived for it
 * @param received when it was received; {@link Instant#MAX} for any time
 * @param isGood whether it is a good event; failed events are compared only with failed ones
 */
public record StoredKey(long number, EventKey key, Instant received, boolean isGood) {}
