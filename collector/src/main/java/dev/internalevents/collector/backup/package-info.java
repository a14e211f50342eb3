/** Consistent backups of a running collector, and their restore. */
@NullMarked
package dev.internalevents.collector.backup;

import org.jspecify.annotations.NullMarked;
