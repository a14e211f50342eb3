/** The deprecated {@code SnowplowInstrumentator}, for Code Suggestions events on their way to internal events. */
@NullMarked
package dev.internalevents.client.legacy;

import org.jspecify.annotations.NullMarked;
