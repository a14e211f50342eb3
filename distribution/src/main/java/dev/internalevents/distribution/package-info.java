/** Builds a container image of the unpacked distribution, without Docker. */
@NullMarked
package dev.internalevents.distribution;

import org.jspecify.annotations.NullMarked;
