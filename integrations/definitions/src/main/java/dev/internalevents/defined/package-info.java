/**
 * Defined events: {@link dev.internalevents.defined.DefinedEvents} checks what is tracked against the dictionary, {@link
 * dev.internalevents.defined.InProcessCounting} counts it in the service itself.
 */
@NullMarked
package dev.internalevents.defined;

import org.jspecify.annotations.NullMarked;
