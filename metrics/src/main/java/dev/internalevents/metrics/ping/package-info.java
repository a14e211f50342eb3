/** The Service Ping: a weekly document with the values of all active metrics. */
@NullMarked
package dev.internalevents.metrics.ping;

import org.jspecify.annotations.NullMarked;
