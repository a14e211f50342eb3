package dev.internalevents.client;

import java.util.concurrent.atomic.AtomicIntegerArray;
import org.jspecify.annotations.Nullable;

/**
 * An entry of the calling thread's stack of scopes: the tracking that it makes current, and the entry below it. Closing
 * an entry closes those above it too, so that a scope that was never closed ends with the one around it.
 */
final class OpenScope implements Scope {

    /**
     * The maximum depth of a stack: {@value} entries. A thread that opens scopes and never closes them starts a new
     * stack then; a scope of the old stack still closes correctly, unless {@link #closeAll} has closed it.
     */
    static final int MAX_DEPTH = 100;

    private static final ThreadLocal<@Nullable OpenScope> TOP = new ThreadLocal<>();

    private final @Nullable RequestTracking tracking;
    /**
     * Whether {@link #detach} closes it: it was attached, or is the first of a new stack, because the attached one may
     * be in the old stack.
     */
    private final boolean detachable;

    private final int depth;
    private final Thread owner = Thread.currentThread();
    private final int generation;
    /** Whether this entry or one below it belongs to a request. */
    private final boolean inRequest;

    private @Nullable OpenScope below;
    private boolean closed;

    private OpenScope(
            @Nullable RequestTracking tracking,
            boolean detachable,
            @Nullable OpenScope below,
            boolean inRequest,
            int generation) {
        this.tracking = tracking;
        this.detachable = detachable;
        this.below = below;
        this.depth = below == null ? 1 : below.depth + 1;
        this.inRequest = inRequest;
        this.generation = generation;
    }

    static @Nullable RequestTracking current() {
        OpenScope top = TOP.get();
        return top == null ? null : top.tracking;
    }

    static OpenScope open(@Nullable RequestTracking tracking) {
        return push(tracking, false);
    }

    /** Opens an entry that {@link #detach} closes, for callers that cannot store a scope between two calls. */
    static void attach(@Nullable RequestTracking tracking) {
        push(tracking, true);
    }

    /** Closes the last attached entry and all entries opened since; does nothing if there is none. */
    static void detach() {
        for (OpenScope scope = TOP.get(); scope != null; scope = scope.below) {
            if (scope.detachable) {
                scope.close();
                return;
            }
        }
    }

    static void closeAll() {
        OpenScope top = TOP.get();
        while (top != null) {
            top.close();
            top = TOP.get();
        }
        OpenRequests.endGeneration(OpenRequests.ofThread());
    }

    static int depth() {
        OpenScope top = TOP.get();
        return top == null ? 0 : top.depth;
    }

    private static OpenScope push(@Nullable RequestTracking tracking, boolean attached) {
        OpenScope top = TOP.get();
        boolean full = top != null && top.depth >= MAX_DEPTH;
        boolean inRequest = tracking != null || (top != null && top.inRequest);
        AtomicIntegerArray ofThread = OpenRequests.ofThread();
        OpenScope scope = new OpenScope(
                tracking, attached || full, full ? null : top, inRequest, OpenRequests.generation(ofThread));
        TOP.set(scope);
        OpenRequests.set(ofThread, inRequest);
        return scope;
    }

    @Override
    public void close() {
        // The stack belongs to its thread; another thread has nothing to restore here.
        if (Thread.currentThread() != owner || closed) {
            return;
        }
        AtomicIntegerArray ofThread = OpenRequests.ofThread();
        if (OpenRequests.generation(ofThread) != generation) {
            end();
            return;
        }
        OpenScope before = below;
        OpenScope scope = TOP.get();
        while (scope != null && scope != this) {
            OpenScope next = scope.below;
            scope.end();
            scope = next;
        }
        end();
        if (before == null) {
            TOP.remove();
        } else {
            TOP.set(before);
        }
        OpenRequests.set(ofThread, before != null && before.inRequest);
    }

    /** A closed scope that the application still references must not keep those below it reachable. */
    private void end() {
        closed = true;
        below = null;
    }
}
