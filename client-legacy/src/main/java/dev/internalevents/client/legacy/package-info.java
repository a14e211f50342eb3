/**
 * The deprecated {@code SnowplowInstrumentator}, for Code Suggestions events that have not yet been migrated to
 * internal events.
 */
@NullMarked
package dev.internalevents.client.legacy;

import org.jspecify.annotations.NullMarked;
