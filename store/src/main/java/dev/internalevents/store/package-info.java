/** Where processed events are kept. */
@NullMarked
package dev.internalevents.store;

import org.jspecify.annotations.NullMarked;
