package dev.internalevents.collector.processing;

import dev.internalevents.store.EventStore;
import dev.internalevents.store.StoreException;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/**
 * Changes of the store that other threads request, and the listeners that are called after any change. The processing
 * thread runs the changes between two transactions, and calls the listeners; any thread may add them.
 */
final class StoreChanges {

    private final Queue<Change<?>> requested = new ConcurrentLinkedQueue<>();
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

    private record Change<T>(Function<EventStore, T> change, CompletableFuture<T> done) {
        void run(EventStore store) {
            try {
                done.complete(change.apply(store));
            } catch (RuntimeException e) {
                done.completeExceptionally(e);
            } catch (Error e) {
                // Report it to the caller; the error then makes the processing thread reopen the store.
                done.completeExceptionally(new StoreException("the change failed: " + e, e));
                throw e;
            }
        }
    }

    <T> CompletableFuture<T> request(Function<EventStore, T> change) {
        CompletableFuture<T> done = new CompletableFuture<>();
        requested.add(new Change<>(change, done));
        return done;
    }

    void add(Runnable listener) {
        listeners.add(listener);
    }

    // The processing thread

    boolean isEmpty() {
        return requested.isEmpty();
    }

    /** Runs the requested changes; returns whether there were any. */
    boolean run(EventStore store) {
        boolean changed = false;
        for (Change<?> change = requested.poll(); change != null; change = requested.poll()) {
            change.run(store);
            changed = true;
        }
        return changed;
    }

    /** Calls the listeners. */
    void changed() {
        listeners.forEach(Runnable::run);
    }

    /** Fails the changes that were requested and will not be made. */
    void fail(StoreException reason) {
        requested.forEach(change -> change.done().completeExceptionally(reason));
    }
}
