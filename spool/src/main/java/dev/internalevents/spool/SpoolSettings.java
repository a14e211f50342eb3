package dev.internalevents.spool;

/**
 * Sets the maximum size of a spool, what its frames survive, and whether they are erased once they are committed.
 *
 * @param segmentBytes the size of each file, {@value #MIN_SEGMENT_BYTES} bytes to 1 GiB, a multiple of 4096
 * @param maxBytes the maximum size of all files together; at least two segments
 * @param durability what an appended frame survives
 * @param wipe whether committed frames are overwritten with zeros, within about a second; for frames that must not stay
 *     on the disk. This writes as many bytes again as the frames have, on one of the spool's own threads
 */
public record SpoolSettings(int segmentBytes, long maxBytes, Durability durability, boolean wipe) {

    /** 8 MiB. */
    public static final int DEFAULT_SEGMENT_BYTES = 8 << 20;

    /** 1 GiB. */
    public static final long DEFAULT_MAX_BYTES = 1L << 30;

    /** {@value}. */
    public static final int MIN_SEGMENT_BYTES = 4096;

    private static final int MAX_SEGMENT_BYTES = 1 << 30;

    /** Segments of 8 MiB, 1 GiB in total; frames survive the end of the process. */
    public static final SpoolSettings DEFAULTS =
            new SpoolSettings(DEFAULT_SEGMENT_BYTES, DEFAULT_MAX_BYTES, Durability.process());

    /** Creates settings that leave committed frames in their files until the files are reused or deleted. */
    public SpoolSettings(int segmentBytes, long maxBytes, Durability durability) {
        this(segmentBytes, maxBytes, durability, false);
    }

    /** @throws IllegalArgumentException naming what is out of range, and the range */
    public SpoolSettings {
        if (segmentBytes < MIN_SEGMENT_BYTES || segmentBytes > MAX_SEGMENT_BYTES || segmentBytes % 4096 != 0) {
            throw new IllegalArgumentException("segmentBytes: " + segmentBytes + " is not a multiple of 4096 from "
                    + MIN_SEGMENT_BYTES + " to " + MAX_SEGMENT_BYTES);
        }
        if (maxBytes < 2L * segmentBytes) {
            throw new IllegalArgumentException(
                    "maxBytes: " + maxBytes + " is less than two segments of " + segmentBytes + " bytes");
        }
    }

    public SpoolSettings withMaxBytes(long max) {
        return new SpoolSettings(segmentBytes, max, durability, wipe);
    }

    public SpoolSettings withSegmentBytes(int bytes) {
        return new SpoolSettings(bytes, maxBytes, durability, wipe);
    }

    public SpoolSettings withDurability(Durability other) {
        return new SpoolSettings(segmentBytes, maxBytes, other, wipe);
    }

    public SpoolSettings withWipe(boolean committed) {
        return new SpoolSettings(segmentBytes, maxBytes, durability, committed);
    }
}
