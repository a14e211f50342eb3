package dev.internalevents.client;

/**
 * Where the events of a client went since it was made. At rest {@code tracked = delivered + rejected + dropped + held};
 * while events are under way the numbers are read one after the other and may be apart by those.
 *
 * @param tracked events that were handed over
 * @param delivered events that a collector took
 * @param rejected events that a collector refused for good
 * @param dropped events that were given up here: the queue was full, the client was closed, or they could not be read
 * @param held events that wait or are being sent
 * @param retries requests that were sent again
 */
public record ClientStats(long tracked, long delivered, long rejected, long dropped, long held, long retries) {

    static final ClientStats NONE = new ClientStats(0, 0, 0, 0, 0, 0);
}
