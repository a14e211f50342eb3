/** Events as lines: the output of a running collector, and the export of its store. */
@NullMarked
package dev.internalevents.collector.output;

import org.jspecify.annotations.NullMarked;
