/** The id of the current OpenTelemetry trace in the context of each request. */
@NullMarked
package dev.internalevents.opentelemetry;

import org.jspecify.annotations.NullMarked;
