/**
 * Defined events: {@link dev.internalevents.defined.DefinedEvents} checks tracked events against the dictionary, {@link
 * dev.internalevents.defined.ExtraTracker} receives the properties a definition protects for it, {@link
 * dev.internalevents.defined.InProcessCounting} counts events in the service itself.
 */
@NullMarked
package dev.internalevents.defined;

import org.jspecify.annotations.NullMarked;
