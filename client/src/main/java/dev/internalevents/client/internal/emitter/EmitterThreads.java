package dev.internalevents.client.internal.emitter;

import dev.internalevents.spool.EndOfThread;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;

/** The threads of an emitter: one for each concurrent request, and a timer. Daemons, so that the JVM can end. */
final class EmitterThreads {

    private static final AtomicInteger NUMBER = new AtomicInteger();

    private final List<Connections> connections;
    private final List<Thread> senders = new ArrayList<>();
    private final Thread timer;
    private final Accounts accounts;

    /**
     * @param sender returns the task of the sending thread with its connections
     * @param upkeep the task of the timer
     */
    EmitterThreads(
            List<Connections> connections, Function<Connections, Runnable> sender, Runnable upkeep, Accounts accounts) {
        this.connections = List.copyOf(connections);
        this.accounts = accounts;
        int number = NUMBER.incrementAndGet();
        for (Connections connection : connections) {
            senders.add(
                    daemon("internal-events-emitter-" + number + "-" + (senders.size() + 1), sender.apply(connection)));
        }
        this.timer = daemon("internal-events-timer-" + number, upkeep);
    }

    static Thread daemon(String name, Runnable task) {
        // Do not inherit thread locals; they would keep the creator's values alive.
        Thread thread = new Thread(null, task, name, 0, false);
        thread.setDaemon(true);
        return thread;
    }

    void start() {
        senders.forEach(Thread::start);
        timer.start();
    }

    /** Returns whether the caller is one of these threads, or in a listener: it must not wait for any of them. */
    boolean isOwnCall() {
        Thread caller = Thread.currentThread();
        return accounts.isTelling() || caller == timer || senders.contains(caller);
    }

    /** Ends the requests in flight and the timer's sleep, so that the threads notice the end of the client. */
    void interruptWaits() {
        connections.forEach(Connections::close);
        LockSupport.unpark(timer);
    }

    /** Waits until all have ended, at most until a {@link System#nanoTime()}; returns whether they have. */
    boolean awaitEnd(long deadline) {
        boolean isAllOver = true;
        for (Thread sender : senders) {
            isAllOver &= EndOfThread.awaitUntil(sender, deadline);
        }
        return EndOfThread.awaitUntil(timer, deadline) && isAllOver;
    }
}
