package dev.internalevents.spool;

import java.nio.file.Path;

/**
 * The part of a spool's file that contains frames.
 *
 * @param file the file; its name identifies the segment
 * @param bytes the number of bytes from the start of the file to the end of its frames
 */
public record Extent(Path file, long bytes) {}
