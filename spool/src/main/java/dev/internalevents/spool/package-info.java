/**
 * A file-based, append-only queue of frames: many writers, one reader. Appended frames survive the process; see
 * {@link dev.internalevents.spool.Spool}.
 */
@NullMarked
package dev.internalevents.spool;

import org.jspecify.annotations.NullMarked;
