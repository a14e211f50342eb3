/** Writes the files of new events and metrics, in the format that {@code definitions.read} reads. */
@NullMarked
package dev.internalevents.definitions.write;

import org.jspecify.annotations.NullMarked;
