/** Code Suggestions, {@code /v2/code}. */
@NullMarked
package dev.internalevents.gateway.v2;

import org.jspecify.annotations.NullMarked;
