/** {@code internal-events monitor}: watches events and the metrics that count them. */
@NullMarked
package dev.internalevents.cli.monitor;

import org.jspecify.annotations.NullMarked;
