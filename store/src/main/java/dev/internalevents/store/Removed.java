package dev.internalevents.store;

/**
 * Counts what a retention run removed.
 *
 * @param old events older than the maximum age
 * @param surplus events removed because the store exceeded its maximum size
 * @param requests requests of failed events older than their maximum age
 */
public record Removed(long old, long surplus, long requests) {

    public static final Removed NOTHING = new Removed(0, 0, 0);

    public Removed plus(Removed other) {
        return new Removed(old + other.old, surplus + other.surplus, requests + other.requests);
    }
}
