/**
 * Defined events: {@link dev.internalevents.client.definitions.DefinedEvents} checks what is tracked against the dictionary, {@link
 * dev.internalevents.client.definitions.ExtraTracker} gets what a definition protects for it, {@link
 * dev.internalevents.client.definitions.InProcessCounting} counts events in the service itself.
 */
@NullMarked
package dev.internalevents.client.definitions;

import org.jspecify.annotations.NullMarked;
