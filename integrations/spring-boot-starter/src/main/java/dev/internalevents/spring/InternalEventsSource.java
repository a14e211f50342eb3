package dev.internalevents.spring;

import org.jspecify.annotations.Nullable;

/**
 * The name of the application, sent as the source of its events.
 *
 * @param name null if the application has no name
 */
record InternalEventsSource(@Nullable String name) {}
