package dev.internalevents.spring;

import org.jspecify.annotations.Nullable;

/**
 * The application that events name as their source.
 *
 * @param name null when the application has no name
 */
record InternalEventsSource(@Nullable String name) {}
