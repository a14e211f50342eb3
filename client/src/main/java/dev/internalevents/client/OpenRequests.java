package dev.internalevents.client;

import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * The threads on which a scope of a request is open: while one is, a request is being served. Safe for use by threads.
 *
 * <p>Each thread has two numbers of its own, which it alone writes. They are the JDK's, because an object of ours that
 * stays on a thread would keep the application's class loader.
 */
final class OpenRequests {

    private static final int OPEN = 0;
    private static final int GENERATION = 1;

    private static final ThreadLocal<AtomicIntegerArray> OF_THREAD = ThreadLocal.withInitial(OpenRequests::register);
    private static final Set<Entry> THREADS = ConcurrentHashMap.newKeySet();
    private static final ReferenceQueue<Thread> COLLECTED = new ReferenceQueue<>();

    private OpenRequests() {}

    /** A thread that has opened a scope; a thread that is gone is removed when the next one comes. */
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

    /** The calling thread's numbers. */
    static AtomicIntegerArray ofThread() {
        return OF_THREAD.get();
    }

    /** Whether a scope of a request is open on the thread of these numbers, which is the calling one. */
    static void set(AtomicIntegerArray numbers, boolean open) {
        int number = open ? 1 : 0;
        if (numbers.getPlain(OPEN) != number) {
            numbers.set(OPEN, number);
        }
    }

    /** Scopes of an earlier generation are closed, also those that nothing leads to any more. */
    static int generation(AtomicIntegerArray numbers) {
        return numbers.getPlain(GENERATION);
    }

    static void endGeneration(AtomicIntegerArray numbers) {
        numbers.set(GENERATION, numbers.getPlain(GENERATION) + 1);
    }

    /**
     * Whether a request is being served. A thread that has ended, or that waits in {@code System.exit} for the JVM to
     * end, serves none, whatever it has left open. For a shutdown hook to ask.
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
