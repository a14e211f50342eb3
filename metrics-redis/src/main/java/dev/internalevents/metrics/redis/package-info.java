/** Counters in Redis, under GitLab's keys. */
@NullMarked
package dev.internalevents.metrics.redis;

import org.jspecify.annotations.NullMarked;
