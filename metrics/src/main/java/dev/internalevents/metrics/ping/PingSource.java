package dev.internalevents.metrics.ping;

import dev.internalevents.definitions.MetricDefinition;
import dev.internalevents.definitions.TimeFrame;

/** Computes the metrics of one data source that is not counted from events: a database, a license, the system. */
@FunctionalInterface
public interface PingSource {

    /**
     * The value of a metric: a number, a text, a boolean, or maps and lists of these. May block; after the ping's timeout the
     * thread is interrupted and the metric is −1.
     *
     * @throws Exception when it cannot be computed; the metric is −2 then, and the message is in the document
     */
    Object value(MetricDefinition metric, TimeFrame timeFrame) throws Exception;
}
