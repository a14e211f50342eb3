/** From a tracker's HTTP request to a {@link dev.internalevents.pipeline.CollectorPayload}, and the answer. */
@NullMarked
package dev.internalevents.collector.intake;

import org.jspecify.annotations.NullMarked;
