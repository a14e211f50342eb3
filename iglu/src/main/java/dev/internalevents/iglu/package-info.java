/** Iglu: finds schemas in registries and validates data against them. */
@NullMarked
package dev.internalevents.iglu;

import org.jspecify.annotations.NullMarked;
