/** Child processes, the reference event, medians and the RESULT line, shared by all benchmarks. */
@NullMarked
package dev.internalevents.benchmarks.harness;

import org.jspecify.annotations.NullMarked;
