package dev.internalevents.store;

/**
 * Counts the data removed because it was about a person.
 *
 * @param events good and failed events
 * @param requests requests of failed events
 * @param waiting events that were waiting for a schema
 */
public record Forgotten(long events, long requests, long waiting) {

    public static final Forgotten NOTHING = new Forgotten(0, 0, 0);

    public Forgotten plus(Forgotten other) {
        return new Forgotten(events + other.events, requests + other.requests, waiting + other.waiting);
    }
}
