/** The numbers that operators watch: {@code GET /metrics}, in the formats of Prometheus. */
@NullMarked
package dev.internalevents.collector.monitoring;

import org.jspecify.annotations.NullMarked;
