/** Measures what is lost when processes are killed and collectors fail. */
@NullMarked
package dev.internalevents.benchmarks.loss;

import org.jspecify.annotations.NullMarked;
