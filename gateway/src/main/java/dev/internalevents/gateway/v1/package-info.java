/** Endpoints under {@code /v1}. */
@NullMarked
package dev.internalevents.gateway.v1;

import org.jspecify.annotations.NullMarked;
