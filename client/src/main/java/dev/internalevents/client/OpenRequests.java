package dev.internalevents.client;

import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * Tracks the threads on which a request's scope is open: while there is one, a request is being served. Safe for use by
 * several threads.
 *
 * <p>Each thread has two numbers, which only it writes. Their type is one of the JDK's, because an object of this
 * library's classes that stays on a thread would prevent the application's class loader from being collected.
 */
final class OpenRequests {

    private static final int OPEN = 0;
    private static final int GENERATION = 1;

    private static final ThreadLocal<AtomicIntegerArray> OF_THREAD = ThreadLocal.withInitial(OpenRequests::register);
    private static final Set<Entry> THREADS = ConcurrentHashMap.newKeySet();
    private static final ReferenceQueue<Thread> COLLECTED = new ReferenceQueue<>();

    private OpenRequests() {}

    /** A thread that has opened a scope. Entries of collected threads are removed when the next thread registers. */
    private static final class Entry extends WeakReference<Thread> {

        private final AtomicIntegerArray numbers;

        private Entry(Thread thread, AtomicIntegerArray numbers) {
            super(thread, COLLECTED);
            this.numbers = numbers;
        }
    }

    private static AtomicIntegerArray register() {
        for (Object gone = COLLECTED.poll(); gone != null; gone = COLLECTED.poll()) {
            THREADS.remove(gone);
        }
        AtomicIntegerArray numbers = new AtomicIntegerArray(2);
        THREADS.add(new Entry(Thread.currentThread(), numbers));
        return numbers;
    }

    /** Returns the calling thread's numbers. */
    static AtomicIntegerArray ofThread() {
        return OF_THREAD.get();
    }

    /** Records whether a request's scope is open on the thread of these numbers, which must be the calling thread. */
    static void set(AtomicIntegerArray numbers, boolean open) {
        int number = open ? 1 : 0;
        if (numbers.getPlain(OPEN) != number) {
            numbers.set(OPEN, number);
        }
    }

    /**
     * Returns the current generation. Scopes of an earlier generation are closed, even if nothing refers to them any
     * more.
     */
    static int generation(AtomicIntegerArray numbers) {
        return numbers.getPlain(GENERATION);
    }

    static void endGeneration(AtomicIntegerArray numbers) {
        numbers.set(GENERATION, numbers.getPlain(GENERATION) + 1);
    }

    /**
     * Returns whether a request is being served. A thread that has ended, or that waits in {@code System.exit} for the
     * JVM to end, serves none, whatever scopes it left open. Called by a shutdown hook.
     */
    static boolean isAny() {
        for (Entry entry : THREADS) {
            Thread thread = entry.get();
            if (entry.numbers.get(OPEN) != 0 && thread != null && thread.isAlive() && !isExiting(thread)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isExiting(Thread thread) {
        return Arrays.stream(thread.getStackTrace())
                .anyMatch(frame -> frame.getClassName().equals("java.lang.Shutdown"));
    }
}
