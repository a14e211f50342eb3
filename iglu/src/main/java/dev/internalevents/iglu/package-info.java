/** Iglu: where schemas are found, and whether data follows them. */
@NullMarked
package dev.internalevents.iglu;

import org.jspecify.annotations.NullMarked;
