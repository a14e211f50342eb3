package dev.internalevents.spool;

import java.nio.file.Path;

/**
 * The beginning of a spool's file, up to where its frames end.
 *
 * @param file whose name says which segment it is
 * @param bytes from its start on that have frames
 */
public record Extent(Path file, long bytes) {}
