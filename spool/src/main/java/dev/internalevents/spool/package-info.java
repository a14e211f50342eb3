/**
 * An append-only file queue of frames: many writers, one reader. What was appended survives the process; see {@link
 * dev.internalevents.spool.Spool}.
 */
@NullMarked
package dev.internalevents.spool;

import org.jspecify.annotations.NullMarked;
