/** What a call costs the thread that makes it. */
@NullMarked
package dev.internalevents.benchmarks.track;

import org.jspecify.annotations.NullMarked;
