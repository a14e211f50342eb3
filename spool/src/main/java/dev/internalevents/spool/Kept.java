package dev.internalevents.spool;

/** Receives the outcome of a frame that was appended without waiting. */
@FunctionalInterface
public interface Kept {

    /**
     * Called once for each frame that was appended, on the appending thread or on a thread of the spool; it must not
     * block.
     *
     * @param safe whether the frame is as safe as the spool's durability promises; false if the disk could not be
     *     written, and then the frame may or may not be there after the next start
     */
    void kept(boolean safe);
}
