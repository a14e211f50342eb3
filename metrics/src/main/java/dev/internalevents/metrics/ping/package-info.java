/** The Service Ping: one document a week with the value of every active metric. */
@NullMarked
package dev.internalevents.metrics.ping;

import org.jspecify.annotations.NullMarked;
