package dev.internalevents.store;

import dev.internalevents.pipeline.EventKey;
import java.time.Instant;

/**
 * What tells a stored event apart from others.
 *
 * @param number of the event
 * @param key the id that it was sent with, and its fingerprint
 * @param received when it was received; {@link Instant#MAX} for any time
 * @param isGood whether it is a good event: a failed one is compared with failed ones alone
 */
public record StoredKey(long number, EventKey key, Instant received, boolean isGood) {}
