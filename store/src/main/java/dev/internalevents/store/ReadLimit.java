package dev.internalevents.store;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Limits the time for which one question may read the store: its reads are stopped after a time, or when it is
 * cancelled. A store that answers from memory ignores it. Reads without a limit, such as those of the processing
 * threads, may take any time.
 *
 * <p>{@link #apply} is called by one thread at a time, {@link #cancel} by any thread; it does not block.
 */
public final class ReadLimit {

    /** Time limit of a question: {@value} seconds. */
    public static final int SECONDS = 30;

    private static final ThreadLocal<@Nullable ReadLimit> CURRENT = new ThreadLocal<>();

    /** Time limit of a question: {@value #SECONDS} seconds. */
    public static final Duration DEFAULT = Duration.ofSeconds(SECONDS);

    private final Duration max;
    private final Set<Runnable> running = new HashSet<>();
    private @Nullable CompletableFuture<Void> timer;
    private boolean late;
    private boolean cancelled;

    /** Limits each {@link #apply} to {@value #SECONDS} seconds, from its first read on. */
    public ReadLimit() {
        this(DEFAULT);
    }

    /** Limits each {@link #apply} to a time, from its first read on. */
    public ReadLimit(Duration max) {
        this.max = max;
    }

    /** Thrown when a read was stopped, or begins after the limit. */
    public static final class ExceededException extends StoreException {

        private static final long serialVersionUID = 1;

        private ExceededException(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /**
     * Runs reads on this thread under the limit.
     *
     * @throws ExceededException if they take too long or are cancelled
     */
    public <T> T apply(Supplier<T> reads) {
        ReadLimit outer = CURRENT.get();
        CURRENT.set(this);
        try {
            return reads.get();
        } finally {
            if (outer == null) {
                CURRENT.remove();
            } else {
                CURRENT.set(outer);
            }
            end();
        }
    }

    private synchronized void end() {
        if (timer != null) {
            timer.complete(null);
            timer = null;
        }
        late = false;
    }

    /** Stops the read in progress; later ones fail. */
    public void cancel() {
        stop(true);
    }

    private void stop(boolean forGood) {
        synchronized (this) {
            cancelled |= forGood;
            late = true;
            // Under the lock, so that a read that has ended is not stopped.
            running.forEach(Runnable::run);
        }
    }

    /** Returns the limit of this thread; null if it has none. For stores. */
    public static @Nullable ReadLimit current() {
        return CURRENT.get();
    }

    /**
     * Notes that a read begins. For stores.
     *
     * @param stop stops the read; called at most until {@link #ended}, by any thread, and must not block
     * @throws ExceededException if the limit has passed
     */
    public synchronized void begin(Runnable stop) {
        if (isOver()) {
            throw exceeded(new TimeoutException());
        }
        running.add(stop);
        if (timer == null) {
            CompletableFuture<Void> started = new CompletableFuture<>();
            timer = started;
            var unused = started.orTimeout(max.toMillis(), TimeUnit.MILLISECONDS)
                    .whenComplete((none, e) -> {
                        if (e != null) {
                            stopLate(started);
                        }
                    });
        }
    }

    private synchronized void stopLate(CompletableFuture<Void> of) {
        if (timer == of) {
            stop(false);
        }
    }

    /** Notes that a read has ended. For stores. */
    public synchronized void ended(Runnable stop) {
        running.remove(stop);
    }

    /** Returns whether reads are stopped now. */
    public synchronized boolean isOver() {
        return late || cancelled;
    }

    /** Returns the exception for a read that was stopped. */
    public ExceededException exceeded(Throwable cause) {
        return new ExceededException(
                "the query took more than " + (max.toSeconds() > 0 ? max.toSeconds() + " s" : max.toMillis() + " ms")
                        + " and was cancelled; select less, for example a shorter time, or with fewer"
                        + " filters, and try again",
                cause);
    }
}
