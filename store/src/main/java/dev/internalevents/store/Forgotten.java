package dev.internalevents.store;

/**
 * What was removed because it was about a person.
 *
 * @param events good and failed ones
 * @param requests of failed events
 * @param waiting events that waited for a schema
 */
public record Forgotten(long events, long requests, long waiting) {

    public static final Forgotten NOTHING = new Forgotten(0, 0, 0);

    public Forgotten plus(Forgotten other) {
        return new Forgotten(events + other.events, requests + other.requests, waiting + other.waiting);
    }
}
