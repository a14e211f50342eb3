/** What the one who runs a collector needs: who may look, whether it is well, and in numbers how well. */
@NullMarked
package dev.internalevents.collector.operation;

import org.jspecify.annotations.NullMarked;
