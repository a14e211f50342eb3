package dev.internalevents.client;

import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The state of one request: its {@link EventContext} and the names of the events tracked while it was served. A
 * middleware makes one current for each request; code that hands work to another thread passes it on with one of the
 * {@code wrap} methods. Safe for use by several threads.
 */
public final class RequestTracking {

    private final TrackedNames trackedEvents;
    private volatile EventContext context;
    private volatile @Nullable VerifiedClaims claims;
    private volatile @Nullable String last;

    /**
     * Creates the state of a new request, with no event tracked yet.
     *
     * @throws NullPointerException if the context is null; use {@link EventContext#empty()} for none
     */
    public RequestTracking(EventContext context) {
        this(context, null);
    }

    /**
     * Creates the state of a new request whose token has been verified, with no event tracked yet.
     *
     * @param context the context, built with the claims; see {@link EventContextFactory#fromHeaders}
     * @param claims null for a request without claims
     */
    public RequestTracking(EventContext context, @Nullable VerifiedClaims claims) {
        this(context, claims, new TrackedNames());
    }

    private RequestTracking(EventContext context, @Nullable VerifiedClaims claims, TrackedNames trackedEvents) {
        this.context = Objects.requireNonNull(context, "context");
        this.claims = claims;
        this.trackedEvents = trackedEvents;
    }

    /** Returns the tracking that is current on this thread, or null outside a request. */
    public static @Nullable RequestTracking current() {
        return OpenScope.current();
    }

    /** Returns the request that is current on this thread, with another context; a new one outside a request. */
    static RequestTracking currentWith(EventContext context) {
        RequestTracking current = current();
        return current == null ? new RequestTracking(context) : current.with(context);
    }

    /**
     * Closes every scope of the calling thread, including those that the application forgot to close. For containers
     * that reuse threads, at the end of a request; other code should use {@link Scope}.
     */
    public static void clear() {
        OpenScope.closeAll();
    }

    /**
     * Opens a scope that leaves the current tracking unchanged. Closing it restores that tracking and closes all scopes
     * opened in between. For containers that run an application's code outside a request.
     */
    public static Scope preserve() {
        return OpenScope.open(current());
    }

    /**
     * Makes a tracking current on the calling thread until {@link #detach}. For libraries that set and restore a
     * thread's values in two calls and cannot store a {@link Scope} in between. Calls may be nested, and each needs its
     * {@code detach}.
     *
     * @param tracking null for none
     */
    public static void attach(@Nullable RequestTracking tracking) {
        OpenScope.attach(tracking);
    }

    /**
     * Restores the tracking that was current on the calling thread before the last {@link #attach}, and closes the
     * scopes opened since. Does nothing if nothing is attached on this thread.
     */
    public static void detach() {
        OpenScope.detach();
    }

    public EventContext context() {
        return context;
    }

    /** Returns the claims of the request's verified token; null if there is none, or if it is not verified yet. */
    public @Nullable VerifiedClaims claims() {
        return claims;
    }

    /**
     * Overrides the values of the headers with the claims of a token that was verified after the request began, for all
     * events tracked from now on, on any thread; see {@link EventContextBuilder#verified}. For code that authenticates
     * callers behind the filter that began the request.
     */
    public void verified(VerifiedClaims verified) {
        claims = verified;
        context = context.toBuilder().verified(verified).build();
    }

    /**
     * Returns the names of the events tracked so far, in alphabetical order, as a live, unmodifiable view. Names beyond
     * 1,000 are listed as one, {@code (others)}. Events of a client that neither sends them nor has a listener are not
     * listed. Its {@code toString()} is safe for a log line, as {@link #trackedEventNames()} is.
     */
    public Set<String> trackedEvents() {
        return trackedEvents.view();
    }

    /**
     * Returns the names of {@link #trackedEvents()} joined by commas, for an access log: on one line, with a question
     * mark for a comma within a name, and {@code (others)} for names beyond 4,096 characters. Empty if there are none.
     */
    public String trackedEventNames() {
        return trackedEvents.joined();
    }

    /** Returns the same request with another context: events tracked under it count for the request. */
    public RequestTracking with(EventContext other) {
        return new RequestTracking(other, claims, trackedEvents);
    }

    /**
     * Makes this tracking current on the calling thread until the scope is closed. Closing a scope also closes the
     * scopes opened within it on the same thread that are still open; on another thread it does nothing.
     */
    public Scope makeCurrent() {
        return OpenScope.open(this);
    }

    public Runnable wrap(Runnable task) {
        return () -> {
            try (Scope ignored = makeCurrent()) {
                task.run();
            }
        };
    }

    public <T extends @Nullable Object> Callable<T> wrap(Callable<T> task) {
        return () -> {
            try (Scope ignored = makeCurrent()) {
                return task.call();
            }
        };
    }

    /** Returns an executor that runs every task with this tracking current. */
    public Executor wrap(Executor executor) {
        return task -> executor.execute(wrap(task));
    }

    void add(String eventName) {
        // Most requests track one event, and often the same again.
        if (!eventName.equals(last)) {
            trackedEvents.add(eventName);
            last = eventName;
        }
    }
}
