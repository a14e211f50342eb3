/** Storage of processed events. */
@NullMarked
package dev.internalevents.store;

import org.jspecify.annotations.NullMarked;
