/** Benchmarks of the product and its peers, side by side in one run: {@code benchmarks/run NAME}. */
@NullMarked
package dev.internalevents.benchmarks;

import org.jspecify.annotations.NullMarked;
