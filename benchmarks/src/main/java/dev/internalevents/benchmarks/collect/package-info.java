/** The collector beside nginx, which writes the same bodies into its log. */
@NullMarked
package dev.internalevents.benchmarks.collect;

import org.jspecify.annotations.NullMarked;
