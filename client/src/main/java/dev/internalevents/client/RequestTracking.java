package dev.internalevents.client;

import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * What belongs to one request: its {@link EventContext} and the names of the events tracked while it was served. A
 * middleware makes one current for each request; code that hands work to another thread takes it along with one of the
 * {@code wrap} methods. Safe for use by several threads.
 */
public final class RequestTracking {

    private final TrackedNames trackedEvents;
    private volatile EventContext context;
    private volatile @Nullable VerifiedClaims claims;
    private volatile @Nullable String last;

    /**
     * The start of a request: no event tracked yet.
     *
     * @throws NullPointerException if the context is null; {@link EventContext#empty()} is one that says nothing
     */
    public RequestTracking(EventContext context) {
        this(context, null);
    }

    /**
     * The start of a request whose token was verified before: no event tracked yet.
     *
     * @param context was made with the claims; see {@link EventContextFactory#fromHeaders}
     * @param claims null for a request without
     */
    public RequestTracking(EventContext context, @Nullable VerifiedClaims claims) {
        this(context, claims, new TrackedNames());
    }

    private RequestTracking(EventContext context, @Nullable VerifiedClaims claims, TrackedNames trackedEvents) {
        this.context = Objects.requireNonNull(context, "context");
        this.claims = claims;
        this.trackedEvents = trackedEvents;
    }

    /** What is current on this thread, or null outside of a request. */
    public static @Nullable RequestTracking current() {
        return OpenScope.current();
    }

    /**
     * Closes every scope of the calling thread, also those that the application forgot to close. For containers that
     * reuse threads, at the end of a request; {@link Scope} is the usual way.
     */
    public static void clear() {
        OpenScope.closeAll();
    }

    /**
     * Opens a scope that changes nothing: what is current stays current. Closing it restores that, whatever was made
     * current meanwhile and not closed. For containers that run an application's code outside of a request.
     */
    public static Scope preserve() {
        return OpenScope.open(current());
    }

    /**
     * Makes a tracking current on the calling thread until {@link #detach}. For libraries that set and restore a thread's
     * values in two calls and cannot keep a {@link Scope} in between; calls may be nested, and each needs its {@code
     * detach}.
     *
     * @param tracking null for none
     */
    public static void attach(@Nullable RequestTracking tracking) {
        OpenScope.attach(tracking);
    }

    /**
     * Restores what was current on the calling thread before the last {@link #attach}, and closes the scopes opened
     * since. Does nothing if nothing is attached on this thread.
     */
    public static void detach() {
        OpenScope.detach();
    }

    public EventContext context() {
        return context;
    }

    /** What the request's verified token claims; null if there is none, or if it is not verified yet. */
    public @Nullable VerifiedClaims claims() {
        return claims;
    }

    /**
     * Puts the claims of a token that was verified after the request began over what its headers said, for all that is
     * tracked from now on, on whichever thread; see {@link EventContext.Builder#verified}. For code that authenticates
     * callers behind the filter that began the request.
     */
    public void verified(VerifiedClaims verified) {
        claims = verified;
        context = context.toBuilder().verified(verified).build();
    }

    /**
     * The names of the events tracked so far, in alphabetical order; a live view that cannot be changed. Of more than
     * 1,000 names, those beyond are one, {@code (others)}. Events of a client that neither sends them nor has a listener
     * are not listed. Its {@code toString()} is fit for a log line, as {@link #trackedEventNames()} is.
     */
    public Set<String> trackedEvents() {
        return trackedEvents.view();
    }

    /**
     * The names of {@link #trackedEvents()} joined by commas, for a line of an access log: on one line, with a question
     * mark for a comma within a name, and {@code (others)} for those beyond 4,096 characters. Empty for none.
     */
    public String trackedEventNames() {
        return trackedEvents.joined();
    }

    /** The same request with another context: what is tracked under it counts for the request. */
    public RequestTracking with(EventContext other) {
        return new RequestTracking(other, claims, trackedEvents);
    }

    /**
     * Makes this current on the calling thread until the scope is closed. Closing a scope also closes the scopes that
     * were opened within it on the same thread and are still open; on another thread it does nothing.
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

    /** An executor whose every task runs with this current. */
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
