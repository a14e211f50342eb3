package dev.internalevents.client.internal.http;

import java.io.IOException;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What a connection is doing right now: the socket, and the time at which it must be done. The thread of the connection
 * sets both; any thread may abort by closing the socket, because blocking reads and writes on it have no time limit.
 */
final class InFlight {

    private volatile @Nullable Socket socket;
    private final AtomicLong deadline = new AtomicLong();
    private volatile long begunAt;
    private volatile boolean underWay;

    /** The connection uses this socket from now on; null for none. */
    void use(@Nullable Socket plain) {
        socket = plain;
    }

    /** Starts an operation that may take as many nanoseconds. */
    void begin(long nanos) {
        long now = System.nanoTime();
        begunAt = now;
        deadline.set(now + nanos);
        underWay = true;
    }

    void end() {
        underWay = false;
    }

    /** Returns the nanoseconds left for the operation, 0 or more. */
    long left() {
        return Math.max(0, deadline.get() - System.nanoTime());
    }

    boolean isExpired() {
        return underWay && System.nanoTime() - deadline.get() >= 0;
    }

    /** Brings the end of the operation forward to now, if it has taken as many nanoseconds. */
    void expireAfter(long nanos) {
        long known = deadline.get();
        long now = System.nanoTime();
        if (underWay && now - begunAt >= nanos) {
            // If another operation has begun meanwhile, its deadline is another one.
            boolean ignored = deadline.compareAndSet(known, now);
        }
    }

    /** Closes the socket, which ends an operation on it. Does not block. */
    void abort() {
        Socket open = socket;
        if (open != null) {
            try {
                open.close();
            } catch (IOException e) {
                // The socket is no longer used, closed or not.
            }
        }
    }
}
