/** Code Suggestions: {@code /v2/code}, {@code /v3/code} and {@code /v4/code}. */
@NullMarked
package dev.internalevents.gateway.code;

import org.jspecify.annotations.NullMarked;
