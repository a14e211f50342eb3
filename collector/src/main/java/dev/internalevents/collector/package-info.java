/** The collector: accepts tracker requests, runs them through the pipeline, stores the events, and shows them. */
@NullMarked
package dev.internalevents.collector;

import org.jspecify.annotations.NullMarked;
