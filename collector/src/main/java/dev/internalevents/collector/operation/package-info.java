/** Operation of a collector: access control, health and metrics. */
@NullMarked
package dev.internalevents.collector.operation;

import org.jspecify.annotations.NullMarked;
