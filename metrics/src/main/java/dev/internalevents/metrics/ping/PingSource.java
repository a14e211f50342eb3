package dev.internalevents.metrics.ping;

import dev.internalevents.definitions.MetricDefinition;
import dev.internalevents.definitions.TimeFrame;

/** Computes the metrics of one data source that is not counted from events: a database, a license, the system. */
@FunctionalInterface
public interface PingSource {

    /**
     * Computes the value of a metric: a number, a text, a boolean, or maps and lists of these. May block; after the
     * ping's timeout the thread is interrupted, and the metric is −1.
     *
     * @throws Exception if it cannot be computed; then the metric is −2, and the document contains the message
     */
    Object value(MetricDefinition metric, TimeFrame timeFrame) throws Exception;
}
