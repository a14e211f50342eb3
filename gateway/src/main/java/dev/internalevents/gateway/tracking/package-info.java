/** What the gateway tracks, by unit primitive. */
@NullMarked
package dev.internalevents.gateway.tracking;

import org.jspecify.annotations.NullMarked;
