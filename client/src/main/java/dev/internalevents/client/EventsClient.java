package dev.internalevents.client;

import dev.internalevents.client.delivery.ClientStats;
import dev.internalevents.client.delivery.DropReason;
import dev.internalevents.client.delivery.EndpointState;
import dev.internalevents.client.internal.emitter.Emitter;
import dev.internalevents.client.internal.emitter.ShutdownHook;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the clients of internal events and of billing events have in common: the state of their delivery, and how they
 * are flushed and closed. Safe for use by any number of threads. The protected members are for the clients of this
 * library.
 */
public abstract class EventsClient implements AutoCloseable {

    /** At JVM shutdown, requests count as finished when no event was tracked for this long. */
    protected static final long QUIET_NANOS = 500_000_000;

    protected final boolean enabled;

    /** Null for a client that sends nothing. */
    protected final @Nullable Emitter emitter;

    private final Duration closeTimeout;
    private final @Nullable ShutdownHook shutdownHook;

    /**
     * Creates a client.
     *
     * @param emitter null for a client that sends nothing
     * @param shutdownHook removed when the client is closed; null for none
     */
    protected EventsClient(
            boolean enabled, @Nullable Emitter emitter, Duration closeTimeout, @Nullable ShutdownHook shutdownHook) {
        this.enabled = enabled;
        this.emitter = emitter;
        this.closeTimeout = closeTimeout;
        this.shutdownHook = shutdownHook;
    }

    /**
     * Returns whether the client accepts events. Also true for a client that only checks and counts them
     * ({@link ClientBuilder#delivery delivery(false)}); its {@link #endpoint()} is null.
     */
    public boolean isEnabled() {
        return enabled;
    }

    /** Returns the collector that events are sent to, the first if there are several; null if they are not sent. */
    public @Nullable URI endpoint() {
        return emitter == null ? null : emitter.endpoint();
    }

    /**
     * Returns the collectors that events are sent to, in the order of the settings, and whether each accepts them.
     * Empty if events are not sent.
     */
    public List<EndpointState> endpointStates() {
        return emitter == null ? List.of() : emitter.endpointStates();
    }

    /** Returns the counters of the events so far; for billing events, {@code rejected} is always 0. */
    public ClientStats stats() {
        return emitter == null ? ClientStats.NONE : emitter.stats();
    }

    /**
     * Returns the dropped events by reason and event name: the first 1,000 names of a reason, the rest as
     * {@code (others)}.
     */
    public Map<DropReason, Map<String, Long>> drops() {
        return emitter == null ? Map.of() : emitter.drops();
    }

    /**
     * Returns why events cannot be stored in the outbox's folder, as a message; null if they can, or if there is no
     * outbox. For billing events, a full outbox is such a reason.
     */
    public @Nullable String outboxFailure() {
        return emitter == null ? null : emitter.outboxFailure();
    }

    /**
     * Returns why the last request failed, as a message, or null if the collector accepted it; for a health check. With
     * several endpoints, null if the last request to at least one of them did not fail; otherwise the message names
     * each.
     */
    public @Nullable String lastFailure() {
        return emitter == null ? null : emitter.lastFailure();
    }

    /**
     * Sends all queued events without waiting for full batches, and blocks until no event is queued or in flight or the
     * timeout expires. An interrupt does not end the wait; the interrupt status is restored afterwards. Called from a
     * delivery listener, it returns at once.
     *
     * @param timeout of any length; if zero or less, it does not wait
     * @return whether no event is queued or in flight any more
     */
    public boolean flush(Duration timeout) {
        return emitter == null || emitter.flush(timeout);
    }

    /** Closes with the builder's {@link ClientBuilder#closeTimeout}; see {@link #close(Duration)}. */
    @Override
    public void close() {
        close(closeTimeout);
    }

    /**
     * Sends queued events for as long as the timeout allows, then stops the client's threads. Events still left then
     * stay in the outbox for the next start; without an outbox they are counted as dropped and logged by name. A later
     * call drops its event; a second close does nothing. Any thread may call it. An interrupt does not end the wait;
     * the interrupt status is restored afterwards. Called from a delivery listener, it returns at once, and another
     * thread closes the client.
     *
     * @param timeout of any length; if zero or less, it does not wait
     * @return how many events were left, in the outbox or dropped; in a listener, how many are queued or in flight now
     */
    public long close(Duration timeout) {
        if (emitter == null) {
            return 0;
        }
        long left = emitter.close(timeout);
        if (shutdownHook != null && emitter.isOver()) {
            shutdownHook.remove();
        }
        return left;
    }
}
