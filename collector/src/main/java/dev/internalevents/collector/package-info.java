/** The collector: takes tracker requests, has the pipeline process them, keeps the events, and shows them. */
@NullMarked
package dev.internalevents.collector;

import org.jspecify.annotations.NullMarked;
