/**
 * Defined events: {@link dev.internalevents.defined.DefinedEvents} checks what is tracked against the dictionary, {@link
 * dev.internalevents.defined.ExtraTracker} gets what a definition protects for it, {@link
 * dev.internalevents.defined.InProcessCounting} counts events in the service itself.
 */
@NullMarked
package dev.internalevents.defined;

import org.jspecify.annotations.NullMarked;
