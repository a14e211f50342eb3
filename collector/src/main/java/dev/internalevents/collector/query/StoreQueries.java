package dev.internalevents.collector.query;

import dev.internalevents.collector.http.Answers;
import dev.internalevents.collector.processing.Processor;
import dev.internalevents.iglu.HttpRegistry;
import dev.internalevents.protocol.MalformedPayloadException;
import dev.internalevents.store.EventStore;
import dev.internalevents.store.ReadLimit;
import dev.internalevents.store.SqlQueries;
import dev.internalevents.store.StoreException;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Queries and changes the store for the API, on threads that may block, and answers on the request's own thread. A
 * local collector first waits until everything sent before the query is in the store, so that tests need not wait
 * themselves.
 *
 * <p>While the store is unavailable, a query is answered 503 with the reason within {@value #AWAY_MILLIS} ms. The
 * number of waiting queries is limited, a query that reads for too long is cancelled and answered 503, and a query
 * whose connection closes is dropped or cancelled. Call on the event loop's threads; nothing here blocks them.
 */
public final class StoreQueries implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(StoreQueries.class);
    private static final long CATCH_UP_MILLIS = 5_000;
    /** The duration of one look-up, plus the time to notice its end. */
    private static final long LOOK_UP_MILLIS = HttpRegistry.LONGEST_LOOK_UP.toMillis() + 1_000;

    /** How long a query waits for a store that is unavailable: {@value} ms. */
    public static final long AWAY_MILLIS = 1_700;

    private static final int THREADS = 4;
    private static final int MAX_QUESTIONS = 1_000;
    private static final Executor LATER = CompletableFuture.delayedExecutor(20, TimeUnit.MILLISECONDS, Runnable::run);

    private final Vertx vertx;
    private final Processor processor;
    private final boolean readYourWrites;
    private final boolean compat;
    private final Duration readTime;
    private final ExecutorService threads;
    private final ExecutorService waiters;
    private final AtomicInteger questions = new AtomicInteger();
    private final AnswerMemory memory = new AnswerMemory();

    /**
     * Starts the threads that query the store.
     *
     * @param readYourWrites whether an answer waits until everything sent before is in the store
     * @param compat whether to answer as Micro does where the default is stricter
     * @param readTime how long a query may read the store
     */
    public StoreQueries(Vertx vertx, Processor processor, boolean readYourWrites, boolean compat, Duration readTime) {
        this.vertx = vertx;
        this.processor = processor;
        this.readYourWrites = readYourWrites;
        this.compat = compat;
        this.readTime = readTime;
        this.threads = threads(THREADS, "internal-events-reading-");
        this.waiters = threads(1, "internal-events-awaiting-");
    }

    private static ExecutorService threads(int number, String name) {
        AtomicLong count = new AtomicLong();
        return Executors.newFixedThreadPool(number, task -> {
            Thread thread = new Thread(task, name + count.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
    }

    public Vertx vertx() {
        return vertx;
    }

    public Processor processor() {
        return processor;
    }

    /** Returns whether to answer as Micro does: repeats count, and unknown keys in a query are ignored. */
    public boolean isCompat() {
        return compat;
    }

    public AnswerMemory memory() {
        return memory;
    }

    /** Returns a new limit for one query's reads. */
    public ReadLimit newLimit() {
        return new ReadLimit(readTime);
    }

    /** Returns the threads that query the store. */
    public Executor readers() {
        return threads;
    }

    /** Returns the thread that serves all waiting requests, so that other queries never queue behind them. */
    public Executor waiters() {
        return waiters;
    }

    /** Queries the store and answers with the result. */
    public <T> void ask(
            HttpServerRequest request, Function<EventStore, T> question, BiConsumer<HttpServerRequest, T> answer) {
        Question<T> asked = begin(request, answer);
        if (asked != null) {
            asked.end(inStore(asked, question));
        }
    }

    /**
     * Queries the store at once, and answers with the result if there is one; otherwise does the same as {@link #ask}.
     *
     * @param stored returns the result; empty if what was asked for is not stored
     * @param question returns the result, whatever is stored
     */
    public <T> void ask(
            HttpServerRequest request,
            Function<EventStore, Optional<T>> stored,
            Function<EventStore, T> question,
            BiConsumer<HttpServerRequest, T> answer) {
        Question<T> asked = begin(request, answer);
        if (asked != null) {
            asked.end(store().thenApplyAsync(store -> asked.apply(stored, store), threads)
                    .thenCompose(found ->
                            found.map(CompletableFuture::completedFuture).orElseGet(() -> inStore(asked, question))));
        }
    }

    /** Asks once everything sent before is in the store. */
    private <T> CompletableFuture<T> inStore(Question<T> asked, Function<EventStore, T> question) {
        return store().thenCompose(store -> caughtUp())
                .thenCompose(done -> lookedUp())
                // The store may have been reopened meanwhile.
                .thenCompose(done -> store())
                .thenApplyAsync(store -> asked.apply(question, store), threads);
    }

    /** Changes the store, after everything sent before is in it. A change that was answered 503 is not made later. */
    public <T> void change(
            HttpServerRequest request, Function<EventStore, T> change, BiConsumer<HttpServerRequest, T> answer) {
        Question<T> asked = begin(request, answer);
        if (asked != null) {
            asked.end(store().thenCompose(store -> caughtUp()).thenCompose(done -> queue(change)));
        }
    }

    /**
     * Queues a change. It fails with {@link TimeoutException} while the store is unavailable, and is then not made
     * later.
     */
    public <T> CompletableFuture<T> queue(Function<EventStore, T> change) {
        AtomicBoolean taken = new AtomicBoolean();
        CompletableFuture<T> queued = processor.change(store -> {
            if (taken.getAndSet(true)) {
                throw new CancellationException("it was answered already");
            }
            return change.apply(store);
        });
        giveUpWhileAway(queued, taken);
        return queued;
    }

    private <T> void giveUpWhileAway(CompletableFuture<T> queued, AtomicBoolean taken) {
        vertx.setTimer(AWAY_MILLIS, late -> {
            if (queued.isDone() || taken.get()) {
                return;
            }
            boolean away = openStore() == null || processor.trouble() != null;
            if (!away) {
                giveUpWhileAway(queued, taken);
            } else if (!taken.getAndSet(true)) {
                queued.completeExceptionally(new TimeoutException());
            }
        });
    }

    /**
     * Queries the store without a request, for streams. Fails with {@link TimeoutException} if the store is
     * unavailable.
     */
    public <T> CompletableFuture<T> ask(Function<EventStore, T> question, Executor on) {
        return store().thenApplyAsync(store -> newLimit().apply(() -> question.apply(store)), on);
    }

    /** Returns the store; fails with {@link TimeoutException} if it is unavailable. */
    public CompletableFuture<EventStore> store() {
        CompletableFuture<EventStore> store = processor.store();
        if (store.isDone()) {
            return store;
        }
        CompletableFuture<EventStore> opened = new CompletableFuture<>();
        lookForStore(opened, System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(AWAY_MILLIS));
        return opened;
    }

    /** Polls for the store: a stage on a future that may never complete would never be freed. */
    private void lookForStore(CompletableFuture<EventStore> opened, long deadline) {
        LATER.execute(() -> {
            CompletableFuture<EventStore> store = processor.store();
            if (store.isDone()) {
                var unused = store.whenComplete((value, e) -> {
                    if (e == null) {
                        opened.complete(value);
                    } else {
                        opened.completeExceptionally(e);
                    }
                });
            } else if (System.nanoTime() - deadline > 0) {
                opened.completeExceptionally(new TimeoutException());
            } else {
                lookForStore(opened, deadline);
            }
        });
    }

    private CompletableFuture<Void> caughtUp() {
        return readYourWrites
                ? processor.caughtUp().completeOnTimeout(null, CATCH_UP_MILLIS, TimeUnit.MILLISECONDS)
                : CompletableFuture.completedFuture(null);
    }

    /** Waits for schema look-ups in progress, but not for a registry that does not answer. */
    private CompletableFuture<Void> lookedUp() {
        return readYourWrites
                ? processor.lookedUp().completeOnTimeout(null, LOOK_UP_MILLIS, TimeUnit.MILLISECONDS)
                : CompletableFuture.completedFuture(null);
    }

    private <T> @Nullable Question<T> begin(HttpServerRequest request, BiConsumer<HttpServerRequest, T> answer) {
        if (questions.incrementAndGet() > MAX_QUESTIONS) {
            questions.decrementAndGet();
            busy(request, MAX_QUESTIONS + " queries are waiting already; try again in a second");
            return null;
        }
        return new Question<>(request, answer);
    }

    /** A query that is waiting or being answered. */
    private final class Question<T> {

        private final HttpServerRequest request;
        private final BiConsumer<HttpServerRequest, T> answer;
        private final Context context = Vertx.currentContext();
        private final AtomicBoolean over = new AtomicBoolean();
        private final ReadLimit limit = newLimit();

        Question(HttpServerRequest request, BiConsumer<HttpServerRequest, T> answer) {
            this.request = request;
            this.answer = answer;
            request.response().closeHandler(gone -> {
                leave();
                limit.cancel();
            });
        }

        /** Runs on a thread that may block. */
        <R> R apply(Function<EventStore, R> question, EventStore store) {
            if (over.get()) {
                throw new CancellationException("the connection was closed");
            }
            return limit.apply(() -> question.apply(store));
        }

        private boolean leave() {
            boolean first = !over.getAndSet(true);
            if (first) {
                questions.decrementAndGet();
            }
            return first;
        }

        void end(CompletableFuture<T> asked) {
            var unused = asked.whenComplete((value, e) -> context.runOnContext(now -> {
                if (!leave()) {
                    if (value instanceof StreamedAnswer.Part part) {
                        part.text().release();
                    }
                } else if (e == null) {
                    answer.accept(request, value);
                } else {
                    fail(request, e);
                }
            }));
        }
    }

    /**
     * Answers with an error: 400 for an invalid query, 503 if the query took too long, the store is unavailable or
     * memory is full, otherwise 500.
     */
    public void fail(HttpServerRequest request, Throwable e) {
        Throwable cause = cause(e);
        String trouble = processor.trouble();
        boolean away = cause instanceof TimeoutException
                || cause instanceof RejectedExecutionException
                || (cause instanceof StoreException && (trouble != null || openStore() == null));
        if (cause instanceof MalformedPayloadException) {
            Answers.error(request, 400, String.valueOf(cause.getMessage()));
        } else if (cause instanceof AnswerMemory.FullException
                || cause instanceof ReadLimit.ExceededException
                || cause instanceof SqlQueries.BusyException) {
            busy(request, String.valueOf(cause.getMessage()));
        } else if (away) {
            busy(request, trouble == null ? "the store is being opened; try again in a second" : trouble);
        } else {
            LOG.warn("{} could not be answered: {}", request.path(), cause.toString());
            Answers.error(request, 500, String.valueOf(cause.getMessage()));
        }
    }

    /** Returns the store if it is open; otherwise null. */
    public @Nullable EventStore openStore() {
        CompletableFuture<EventStore> store = processor.store();
        return store.isDone() && !store.isCompletedExceptionally() ? store.join() : null;
    }

    public static Throwable cause(Throwable e) {
        return e instanceof CompletionException && e.getCause() != null ? e.getCause() : e;
    }

    public static void busy(HttpServerRequest request, String message) {
        request.response().putHeader("Retry-After", "1");
        Answers.error(request, 503, message);
    }

    @Override
    public void close() {
        threads.shutdownNow();
        waiters.shutdownNow();
    }
}
