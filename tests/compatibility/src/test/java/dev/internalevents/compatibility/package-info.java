/** Compares what the collector does with a request to what the pipeline that it replaces does with it. */
@NullMarked
package dev.internalevents.compatibility;

import org.jspecify.annotations.NullMarked;
