package dev.internalevents.client;

import java.util.Collections;
import java.util.NavigableSet;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * What belongs to one request: its {@link EventContext} and the names of the events tracked while it was served. A
 * middleware makes one current for each request; code that hands work to another thread takes it along with one of the
 * {@code wrap} methods. Safe for use by several threads.
 */
public final class RequestTracking {

    private static final ThreadLocal<@Nullable RequestTracking> CURRENT = new ThreadLocal<>();

    private final EventContext context;
    private final NavigableSet<String> trackedEvents;
    private volatile @Nullable String last;

    /** The start of a request: no event tracked yet. */
    public RequestTracking(EventContext context) {
        this(context, new ConcurrentSkipListSet<>());
    }

    private RequestTracking(EventContext context, NavigableSet<String> trackedEvents) {
        this.context = context;
        this.trackedEvents = trackedEvents;
    }

    /** What is current on this thread, or null outside of a request. */
    public static @Nullable RequestTracking current() {
        return CURRENT.get();
    }

    /** Ends whatever is current on this thread. For containers that reuse threads; {@link Scope} is the usual way. */
    public static void clear() {
        CURRENT.remove();
    }

    public EventContext context() {
        return context;
    }

    /** The names tracked so far, in alphabetical order; a live view that cannot be changed. */
    public Set<String> trackedEvents() {
        return Collections.unmodifiableNavigableSet(trackedEvents);
    }

    /** The same request with another context: what is tracked under it counts for the request. */
    public RequestTracking with(EventContext other) {
        return new RequestTracking(other, trackedEvents);
    }

    /** Makes this current on the calling thread until the scope is closed. */
    public Scope makeCurrent() {
        RequestTracking before = CURRENT.get();
        CURRENT.set(this);
        Thread owner = Thread.currentThread();
        return new Scope() {
            private boolean closed;

            @Override
            public void close() {
                // On another thread, or while an inner scope is open, there is nothing of ours to take back.
                if (!closed && Thread.currentThread() == owner && CURRENT.get() == RequestTracking.this) {
                    closed = true;
                    if (before == null) {
                        CURRENT.remove();
                    } else {
                        CURRENT.set(before);
                    }
                }
            }
        };
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
