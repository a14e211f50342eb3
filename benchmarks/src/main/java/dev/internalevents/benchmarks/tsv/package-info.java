/** The cost of writing processed events as enriched TSV. */
@NullMarked
package dev.internalevents.benchmarks.tsv;

import org.jspecify.annotations.NullMarked;
