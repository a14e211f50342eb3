package dev.internalevents.spool;

/** Hears what became of a frame that was appended without waiting. */
@FunctionalInterface
public interface Kept {

    /**
     * Called once for a frame that was taken, on the thread that appended it or on one of the spool's, which it must not
     * hold up.
     *
     * @param safe whether the frame is as safe as the spool's durability promises; false when the disk could not be
     *     written, and the frame may or may not be there after the next start
     */
    void kept(boolean safe);
}
