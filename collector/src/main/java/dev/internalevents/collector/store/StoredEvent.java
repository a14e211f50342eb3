package dev.internalevents.collector.store;

import dev.internalevents.pipeline.ProcessedEvent;

/**
 * An event and its place in the store.
 *
 * @param number counts up from 1 in the order of arrival, and goes on after a reset
 * @param event good or failed
 */
public record StoredEvent(long number, ProcessedEvent event) {}
