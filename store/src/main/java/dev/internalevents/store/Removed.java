package dev.internalevents.store;

/**
 * What a look at retention removed.
 *
 * @param old events that were older than they may become
 * @param surplus events that made room, because the store was larger than it may become
 * @param requests of failed events that were older than they may become
 */
public record Removed(long old, long surplus, long requests) {

    public static final Removed NOTHING = new Removed(0, 0, 0);

    public Removed plus(Removed other) {
        return new Removed(old + other.old, surplus + other.surplus, requests + other.requests);
    }
}
