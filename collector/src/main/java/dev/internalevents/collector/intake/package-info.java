/** Turns a tracker's HTTP request into a {@link dev.internalevents.pipeline.CollectorPayload}, and answers it. */
@NullMarked
package dev.internalevents.collector.intake;

import org.jspecify.annotations.NullMarked;
