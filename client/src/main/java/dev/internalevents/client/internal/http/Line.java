package dev.internalevents.client.internal.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Proxy;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** An open connection: the socket, and its streams, which may be TLS. For one thread. */
final class Line {

    /** Idle time after which it is worth a millisecond to find out whether the server has closed the connection. */
    private static final long IDLE_NANOS = 50_000_000;

    private final HttpTarget target;
    private final Routes.Route route;
    private final Socket plain;
    private final InputStream in;
    private final OutputStream out;
    private final ResponseReader reader;
    private final long since = System.nanoTime();
    private long usedAt = since;
    private byte @Nullable [] plainHead;
    private byte @Nullable [] gzipHead;

    /** @param outer the plain socket, or TLS on top of it */
    Line(HttpTarget target, Routes.Route route, Socket plain, Socket outer) throws IOException {
        this.target = target;
        this.route = route;
        this.plain = plain;
        this.in = outer.getInputStream();
        this.out = outer.getOutputStream();
        this.reader = new ResponseReader(in);
    }

    Routes.Route route() {
        return route;
    }

    ResponseReader reader() {
        return reader;
    }

    /** Records that an exchange ended with a response. */
    void used() {
        usedAt = System.nanoTime();
    }

    /** Returns whether no exchange has ended with a response yet. */
    boolean isUnused() {
        return usedAt == since;
    }

    boolean isOlderThan(long nanos) {
        return System.nanoTime() - since >= nanos;
    }

    // Sending

    /**
     * Sends a request. If that fails although the server has responded already, returns as if it were sent: a server
     * may respond (413, 401) and close the connection before it has read the whole request.
     *
     * @param isAborted whether this side has closed the connection, so that no response is looked for
     */
    void send(HttpRequest request, BooleanSupplier isAborted) throws IOException {
        byte[] head = head(request.gzip());
        byte[] length = (request.to() - request.from() + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII);
        int start = request.from();
        if (head.length + length.length <= start) {
            start -= head.length + length.length;
            System.arraycopy(head, 0, request.bytes(), start, head.length);
            System.arraycopy(length, 0, request.bytes(), start + head.length, length.length);
        } else {
            out.write(head);
            out.write(length);
        }
        try {
            out.write(request.bytes(), start, request.to() - start);
            out.flush();
        } catch (IOException e) {
            try {
                if (!isAborted.getAsBoolean() && plain.getInputStream().available() > 0) {
                    return;
                }
            } catch (IOException unreadable) {
                e.addSuppressed(unreadable);
            }
            throw e;
        }
    }

    private byte[] head(boolean gzip) {
        byte[] known = gzip ? gzipHead : plainHead;
        if (known == null) {
            known = target.head(!target.endpoint().secure() && route.way() == Proxy.Type.HTTP, gzip);
            if (gzip) {
                gzipHead = known;
            } else {
                plainHead = known;
            }
        }
        return known;
    }

    // Reuse

    /** Returns whether bytes were received, or it was idle for so long that {@link #isSilent} is worth its time. */
    boolean isDoubtful() throws IOException {
        return plain.getInputStream().available() != 0 || System.nanoTime() - usedAt >= IDLE_NANOS;
    }

    /** Waits a millisecond; returns whether nothing is received, and the server has not closed the connection. */
    boolean isSilent() throws IOException {
        plain.setSoTimeout(1);
        try {
            // Reads through TLS, because a session ticket is not a response.
            int ignored = in.read();
            return false;
        } catch (SocketTimeoutException e) {
            plain.setSoTimeout(0);
            return true;
        }
    }
}
