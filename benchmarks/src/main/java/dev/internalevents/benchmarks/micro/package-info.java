/** Measures the local collector: start-up time, memory, and query time. */
@NullMarked
package dev.internalevents.benchmarks.micro;

import org.jspecify.annotations.NullMarked;
