package dev.internalevents.client.internal.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * A persistent connection to one server. It is reused for the next request, and made anew if the server has closed it
 * or sent unrequested bytes, and after some minutes, so that a DNS change takes effect. For one thread at a time,
 * except {@link #expire} and {@link #close}, which any thread may call to end the request in flight.
 */
public final class HttpConnection implements AutoCloseable {

    /** Bytes that a caller leaves free before a body, so that head and body are sent in one write. */
    public static final int HEADROOM = 4096;

    /**
     * How long a connection is used: 5 minutes, plus or minus a fifth, so that many clients do not reconnect at once.
     */
    static final Duration LIFETIME = Duration.ofMinutes(5);

    /** Idle time after which it is worth a millisecond to find out whether the server has closed the connection. */
    private static final long IDLE_NANOS = 50_000_000;

    /** Time limit after a status line, when only the reuse of the connection is at stake. */
    private static final long REST_NANOS = 1_000_000_000;

    private final HttpTarget target;
    private final Routes routes;
    private final long lifetimeNanos;
    private final long connectNanos;
    private @Nullable Line line;
    private volatile @Nullable Socket socket;
    private volatile long deadline;
    private volatile boolean underWay;
    private volatile boolean closed;

    public HttpConnection(HttpTarget target) {
        this(target, LIFETIME);
    }

    HttpConnection(HttpTarget target, Duration lifetime) {
        this.target = target;
        this.routes = new Routes(target);
        this.lifetimeNanos =
                lifetime.toNanos() / 5 * 4 + ThreadLocalRandom.current().nextLong(lifetime.toNanos() / 5 * 2 + 1);
        this.connectNanos = nanos(target.connectTimeout());
    }

    /** An open connection: the socket, and its streams, which may be TLS. */
    private static final class Line {
        private final Routes.Route route;
        private final Socket plain;
        private final InputStream in;
        private final OutputStream out;
        private final ResponseReader reader;
        private final long since = System.nanoTime();
        private long usedAt = since;
        private byte @Nullable [] plainHead;
        private byte @Nullable [] gzipHead;

        Line(Routes.Route route, Socket plain, Socket outer) throws IOException {
            this.route = route;
            this.plain = plain;
            this.in = outer.getInputStream();
            this.out = outer.getOutputStream();
            this.reader = new ResponseReader(in);
        }

        byte[] head(HttpTarget target, boolean gzip) {
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
    }

    /**
     * Sends one POST and blocks until the status of the response.
     *
     * @param bytes contains the body; the {@link #HEADROOM} before it is overwritten
     * @param from the start of the body, {@link #HEADROOM} or more
     * @param timeoutNanos for the whole exchange except connecting; it takes effect only if {@link #expire} is called
     *     regularly
     * @param meanwhile runs after the request is written, while the server processes it; may run twice
     * @throws IOException if there is no response; it is not known then whether the server accepted the request
     */
    public HttpResponse post(byte[] bytes, int from, int to, boolean gzip, long timeoutNanos, Runnable meanwhile)
            throws IOException {
        boolean done = false;
        try {
            HttpResponse response = reuse(bytes, from, to, gzip, timeoutNanos, meanwhile);
            if (response == null) {
                response = exchange(connect(), bytes, from, to, gzip, timeoutNanos, meanwhile);
            }
            done = true;
            return response;
        } catch (IOException e) {
            if (closed) {
                throw new IOException("the client was closed", e);
            }
            throw e;
        } finally {
            underWay = false;
            if (!done) {
                disconnect();
            }
        }
    }

    /** Aborts the request in flight if its timeout has expired. Called regularly by a timer thread; does not block. */
    public void expire() {
        if (expired()) {
            shut();
        }
    }

    /**
     * Aborts the request in flight, and makes every later request fail at once. Safe to call from any thread; does not
     * block.
     */
    @Override
    public void close() {
        closed = true;
        routes.close();
        shut();
    }

    private boolean expired() {
        return underWay && System.nanoTime() - deadline >= 0;
    }

    private void within(long nanos) {
        deadline = System.nanoTime() + nanos;
        underWay = true;
    }

    /** Returns the response on the open connection; null if there is none, or the server had closed it. */
    private @Nullable HttpResponse reuse(
            byte[] bytes, int from, int to, boolean gzip, long timeoutNanos, Runnable meanwhile) throws IOException {
        Line kept = line;
        if (kept == null) {
            return null;
        } else if (!isFresh(kept)) {
            disconnect();
            return null;
        }
        try {
            return exchange(kept, bytes, from, to, gzip, timeoutNanos, meanwhile);
        } catch (SocketTimeoutException e) {
            throw e;
        } catch (IOException e) {
            if (kept.reader.hasBegun() || closed) {
                throw e;
            }
            // The server closed an idle connection; that does not mean that it is unavailable.
            disconnect();
            return null;
        }
    }

    private HttpResponse exchange(
            Line open, byte[] bytes, int from, int to, boolean gzip, long timeoutNanos, Runnable meanwhile)
            throws IOException {
        within(timeoutNanos);
        try {
            if (closed) {
                throw new IOException("the client was closed");
            }
            send(open, bytes, from, to, gzip);
            meanwhile.run();
            int status = open.reader.status();
            routes.worked(open.route);
            within(Math.min(REST_NANOS, Math.max(0, deadline - System.nanoTime())));
            HttpResponse response = open.reader.rest(status, true);
            underWay = false;
            open.usedAt = System.nanoTime();
            if (!open.reader.canBeUsedAgain()) {
                disconnect();
            }
            return response;
        } catch (IOException e) {
            boolean late = expired();
            if (late || open.usedAt == open.since || open.reader.hasBegun()) {
                routes.failed(open.route);
            }
            if (late && !closed) {
                throw timedOut(timeoutNanos, e);
            }
            throw e;
        }
    }

    private void send(Line open, byte[] bytes, int from, int to, boolean gzip) throws IOException {
        byte[] head = open.head(target, gzip);
        byte[] length = (to - from + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII);
        if (head.length + length.length <= from) {
            int start = from - head.length - length.length;
            System.arraycopy(head, 0, bytes, start, head.length);
            System.arraycopy(length, 0, bytes, start + head.length, length.length);
            write(open, bytes, start, to);
        } else {
            open.out.write(head);
            open.out.write(length);
            write(open, bytes, from, to);
        }
    }

    private void write(Line open, byte[] bytes, int start, int to) throws IOException {
        try {
            open.out.write(bytes, start, to - start);
            open.out.flush();
        } catch (IOException e) {
            // A server may respond (413, 401) and close the connection before it has read the whole request.
            try {
                if (!expired() && !closed && open.plain.getInputStream().available() > 0) {
                    return;
                }
            } catch (IOException unreadable) {
                e.addSuppressed(unreadable);
            }
            throw e;
        }
    }

    /**
     * Returns whether an open connection has no unread bytes and was not closed by the server. Checking for received
     * bytes takes no time; only after a pause, or if something was received, the check takes a millisecond.
     */
    private boolean isFresh(Line kept) {
        long now = System.nanoTime();
        if (now - kept.since >= lifetimeNanos) {
            return false;
        }
        try {
            if (kept.plain.getInputStream().available() == 0 && now - kept.usedAt < IDLE_NANOS) {
                return true;
            }
            within(REST_NANOS);
            kept.plain.setSoTimeout(1);
            return isSilent(kept);
        } catch (IOException e) {
            return false;
        }
    }

    private static boolean isSilent(Line kept) throws IOException {
        try {
            // Reads through TLS, because a session ticket is not a response.
            int ignored = kept.in.read();
            return false;
        } catch (SocketTimeoutException e) {
            kept.plain.setSoTimeout(0);
            return true;
        }
    }

    // Connecting

    /** Tries the addresses one after the other; each gets an equal share of the remaining time. */
    private Line connect() throws IOException {
        long end = System.nanoTime() + connectNanos;
        List<Routes.Route> all = routes.find(connectNanos);
        List<String> failures = new ArrayList<>();
        IOException last = null;
        for (int i = 0; i < all.size(); i++) {
            long left = end - System.nanoTime();
            if (left <= 0 && i > 0) {
                failures.add((all.size() - i) + " more not tried");
                break;
            }
            Routes.Route route = all.get(i);
            long share = Math.max(1_000_000, left / (all.size() - i));
            within(share);
            try {
                Line opened = open(route, share);
                line = opened;
                return opened;
            } catch (IOException e) {
                boolean late = expired() || e instanceof SocketTimeoutException;
                disconnect();
                if (closed) {
                    throw e;
                }
                routes.failed(route);
                failures.add(
                        route + " (" + (late ? "no connection within " + share / 1_000_000 + " ms" : reason(e)) + ")");
                last = e;
            }
        }
        IOException failure = new ConnectException(String.join(", ", failures));
        failure.initCause(last);
        throw failure;
    }

    private Line open(Routes.Route route, long nanos) throws IOException {
        Socket plain = route.way() == Proxy.Type.SOCKS
                ? new Socket(new Proxy(Proxy.Type.SOCKS, route.address()))
                : new Socket(Proxy.NO_PROXY);
        // Requests are aborted by closing the plain socket: closing a TLS socket waits for a thread that writes to it.
        socket = plain;
        if (closed) {
            throw new IOException("the client was closed");
        }
        plain.setTcpNoDelay(true);
        plain.setKeepAlive(true);
        HttpEndpoint endpoint = target.endpoint();
        plain.connect(
                route.way() == Proxy.Type.SOCKS
                        ? InetSocketAddress.createUnresolved(endpoint.host(), endpoint.portOrDefault())
                        : route.address(),
                (int) Math.max(1, Math.min(Integer.MAX_VALUE, nanos / 1_000_000)));
        if (!endpoint.secure()) {
            return new Line(route, plain, plain);
        }
        if (route.way() == Proxy.Type.HTTP) {
            tunnel(plain);
        }
        return new Line(route, plain, secure(plain, endpoint));
    }

    private void tunnel(Socket plain) throws IOException {
        plain.getOutputStream().write(target.connect());
        ResponseReader reader = new ResponseReader(plain.getInputStream());
        int status = reader.status();
        if (status == 407) {
            throw new IOException("it answered 407 to CONNECT; expected a valid user name and password for it");
        } else if (status < 200 || status > 299) {
            throw new IOException("it answered " + status + " to CONNECT");
        }
        reader.rest(status, false);
        if (reader.hasMore()) {
            throw new IOException("it sent data before the tunnel was used");
        }
    }

    private SSLSocket secure(Socket plain, HttpEndpoint endpoint) throws IOException {
        SSLSocketFactory factory = target.tls() == null
                ? (SSLSocketFactory) SSLSocketFactory.getDefault()
                : target.tls().getSocketFactory();
        SSLSocket secure =
                (SSLSocket) factory.createSocket(plain, endpoint.hostWithoutZone(), endpoint.portOrDefault(), true);
        SSLParameters parameters = secure.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        secure.setSSLParameters(parameters);
        secure.startHandshake();
        return secure;
    }

    private static String reason(IOException e) {
        String message = e.getMessage();
        if (message == null) {
            return e.getClass().getSimpleName();
        } else if (e instanceof SSLException) {
            return message.contains("Unsupported or unrecognized SSL message")
                    ? "the answer is not TLS: is it an http endpoint?"
                    : e.getClass().getSimpleName() + ": " + message;
        }
        return message;
    }

    private static IOException timedOut(long nanos, IOException cause) {
        IOException timedOut = new SocketTimeoutException("no answer within " + nanos / 1_000_000 + " ms");
        timedOut.initCause(cause);
        return timedOut;
    }

    private static long nanos(Duration duration) {
        try {
            return duration.toNanos();
        } catch (ArithmeticException e) {
            return Long.MAX_VALUE / 4;
        }
    }

    private void disconnect() {
        shut();
        socket = null;
        line = null;
    }

    private void shut() {
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
