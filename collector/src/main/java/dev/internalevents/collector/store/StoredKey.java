package dev.internalevents.collector.store;

import dev.internalevents.pipeline.EventKey;
import java.time.Instant;

/**
 * What tells a stored event apart from others.
 *
 * @param number of the event
 * @param key the id that it was sent with, and its fingerprint
 * @param received when it was received
 */
public record StoredKey(long number, EventKey key, Instant received) {}
