/** The cost of writing processed events as bytes, and of reading them. */
@NullMarked
package dev.internalevents.benchmarks.frame;

import org.jspecify.annotations.NullMarked;
