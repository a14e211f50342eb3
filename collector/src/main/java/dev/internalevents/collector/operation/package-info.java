/**
 * Operation of a collector: access control, health and metrics, and what operators request: retries and the removal of
 * a person's data.
 */
@NullMarked
package dev.internalevents.collector.operation;

import org.jspecify.annotations.NullMarked;
