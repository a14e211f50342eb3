/**
 * Defined events: {@link dev.internalevents.client.definitions.DefinedEvents} checks tracked events against the
 * dictionary, {@link dev.internalevents.client.definitions.ExtraTracker} receives the properties a definition protects
 * for it, {@link dev.internalevents.client.definitions.InProcessCounting} counts events in the service itself.
 */
@NullMarked
package dev.internalevents.client.definitions;

import org.jspecify.annotations.NullMarked;
