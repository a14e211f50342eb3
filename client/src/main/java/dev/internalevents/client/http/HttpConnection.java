package dev.internalevents.client.http;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * A connection to one server that is kept for the next request, and made anew when the server has closed it. For one
 * thread at a time, but for {@link #expire} and {@link #close}, which any thread may call to end what is under way.
 */
public final class HttpConnection implements AutoCloseable {

    /** Bytes that a caller leaves free before a body, so that head and body are written at once. */
    public static final int HEADROOM = 4096;

    private static final int MAX_HEAD_BYTES = 64 << 10;
    private static final long MAX_BODY_BYTES = 1 << 20;

    private final HttpTarget target;
    private final byte[] in = new byte[8192];
    private int at;
    private int limit;
    private boolean answered;
    private boolean keep;
    private volatile @Nullable Socket socket;
    private volatile long deadline;
    private volatile boolean underWay;
    private volatile boolean closed;
    private byte @Nullable [] plainHead;
    private byte @Nullable [] gzipHead;

    public HttpConnection(HttpTarget target) {
        this.target = target;
    }

    /**
     * Sends one POST and waits for its answer.
     *
     * @param bytes holds the body; the {@link #HEADROOM} before it is written over
     * @param from where the body begins, {@link #HEADROOM} or more
     * @param timeoutNanos for all of it; {@link #expire} must be called now and then for it to end a request
     * @param meanwhile is run once the request is written, while the server is at it; may be run twice
     * @throws IOException when there is no whole answer; whether the server took the request is not known then
     */
    public HttpResponse post(byte[] bytes, int from, int to, boolean gzip, long timeoutNanos, Runnable meanwhile)
            throws IOException {
        boolean reused = socket != null;
        try {
            return exchange(bytes, from, to, gzip, timeoutNanos, meanwhile);
        } catch (IOException e) {
            boolean late = expired();
            disconnect();
            if (closed) {
                throw new IOException("the client was closed", e);
            } else if (late) {
                throw new SocketTimeoutException("no answer within " + timeoutNanos / 1_000_000 + " ms");
            } else if (!reused || answered) {
                throw e;
            }
        } finally {
            underWay = false;
        }
        // The server closed a connection that had been idle; that says nothing about it.
        try {
            return exchange(bytes, from, to, gzip, timeoutNanos, meanwhile);
        } catch (IOException e) {
            boolean late = expired();
            disconnect();
            if (late) {
                throw new SocketTimeoutException("no answer within " + timeoutNanos / 1_000_000 + " ms");
            }
            throw e;
        } finally {
            underWay = false;
        }
    }

    /** Ends the request that is under way if its time is up. Called now and then by a timer's thread. */
    public void expire() {
        if (expired()) {
            shut();
        }
    }

    /** Ends what is under way, and every later request at once. Safe to call from any thread. */
    @Override
    public void close() {
        closed = true;
        shut();
    }

    private boolean expired() {
        return underWay && System.nanoTime() - deadline >= 0;
    }

    private HttpResponse exchange(byte[] bytes, int from, int to, boolean gzip, long timeoutNanos, Runnable meanwhile)
            throws IOException {
        answered = false;
        Socket connection = socket;
        if (connection == null) {
            deadline = System.nanoTime() + target.connectTimeout().toNanos();
            underWay = true;
            connection = connect();
        }
        deadline = System.nanoTime() + timeoutNanos;
        underWay = true;
        if (closed) {
            throw new IOException("the client was closed");
        }
        byte[] head = head(gzip);
        byte[] length = (to - from + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII);
        OutputStream out = connection.getOutputStream();
        if (head.length + length.length <= from) {
            int start = from - head.length - length.length;
            System.arraycopy(head, 0, bytes, start, head.length);
            System.arraycopy(length, 0, bytes, start + head.length, length.length);
            write(out, bytes, start, to, connection);
        } else {
            out.write(head);
            out.write(length);
            write(out, bytes, from, to, connection);
        }
        meanwhile.run();
        HttpResponse response = read(connection.getInputStream());
        if (!keep) {
            disconnect();
        }
        return response;
    }

    private void write(OutputStream out, byte[] bytes, int start, int to, Socket connection) throws IOException {
        try {
            out.write(bytes, start, to - start);
            out.flush();
        } catch (IOException e) {
            // A server may answer (413, 401) and hang up before it has read all.
            try {
                if (!expired() && !closed && connection.getInputStream().available() > 0) {
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
            known = target.head(!target.isSecure() && target.way().type() == Proxy.Type.HTTP, gzip);
            if (gzip) {
                gzipHead = known;
            } else {
                plainHead = known;
            }
        }
        return known;
    }

    // Connecting

    private Socket connect() throws IOException {
        Proxy way = target.way();
        boolean byHttpProxy = way.type() == Proxy.Type.HTTP;
        Socket plain = byHttpProxy ? new Socket(Proxy.NO_PROXY) : new Socket(way);
        socket = plain;
        int millis = (int)
                Math.max(1, Math.min(Integer.MAX_VALUE, target.connectTimeout().toMillis()));
        plain.setTcpNoDelay(true);
        plain.setKeepAlive(true);
        InetSocketAddress address = byHttpProxy
                ? resolved((InetSocketAddress) way.address())
                : way.type() == Proxy.Type.SOCKS
                        ? InetSocketAddress.createUnresolved(target.host(), target.port())
                        : new InetSocketAddress(target.host(), target.port());
        if (address.isUnresolved() && way.type() != Proxy.Type.SOCKS) {
            throw new IOException("the host " + address.getHostString() + " is not known");
        }
        plain.connect(address, millis);
        at = limit = 0;
        if (!target.isSecure()) {
            return plain;
        }
        if (byHttpProxy) {
            tunnel(plain);
        }
        SSLSocketFactory factory = target.tls() == null
                ? (SSLSocketFactory) SSLSocketFactory.getDefault()
                : target.tls().getSocketFactory();
        SSLSocket secure = (SSLSocket) factory.createSocket(plain, target.host(), target.port(), true);
        socket = secure;
        SSLParameters parameters = secure.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        secure.setSSLParameters(parameters);
        secure.startHandshake();
        return secure;
    }

    private void tunnel(Socket plain) throws IOException {
        String connect = "CONNECT " + target.authority() + " HTTP/1.1\r\nHost: " + target.authority() + "\r\n\r\n";
        plain.getOutputStream().write(connect.getBytes(StandardCharsets.US_ASCII));
        int status = readHead(plain.getInputStream()).status;
        if (status != 200) {
            throw new IOException("the proxy " + target.way().address() + " answered " + status + " to CONNECT");
        }
        answered = false;
    }

    private static InetSocketAddress resolved(InetSocketAddress address) {
        return address.isUnresolved() ? new InetSocketAddress(address.getHostString(), address.getPort()) : address;
    }

    private void disconnect() {
        shut();
        socket = null;
    }

    private void shut() {
        Socket open = socket;
        if (open != null) {
            try {
                open.close();
            } catch (IOException e) {
                // It is of no use any more, closed or not.
            }
        }
    }

    // Reading (RFC 9112)

    /** The fields of an answer's head that decide anything. */
    private static final class Head {
        private int status;
        private long length = -1;
        private boolean chunked;
        private boolean close;
        private @Nullable String retryAfter;
        private @Nullable String acceptEncoding;
    }

    private HttpResponse read(InputStream stream) throws IOException {
        Head head = readHead(stream);
        while (head.status < 200) {
            head = readHead(stream);
        }
        keep = !head.close;
        if (head.status != 204 && head.status != 304) {
            if (head.chunked) {
                skipChunks(stream);
            } else if (head.length > MAX_BODY_BYTES || head.length < 0) {
                // Nobody reads it; a new connection costs less than a long body.
                keep = false;
            } else {
                skip(stream, head.length);
            }
        }
        // What follows an answer unasked must not be taken for the next one.
        keep &= at == limit;
        return new HttpResponse(head.status, head.retryAfter, head.acceptEncoding);
    }

    private Head readHead(InputStream stream) throws IOException {
        int[] budget = {MAX_HEAD_BYTES};
        String status = line(stream, budget);
        Head head = new Head();
        if (!status.startsWith("HTTP/1.") || status.length() < 12) {
            throw new IOException("the answer is not HTTP/1.1: \"" + printable(status) + "\"");
        }
        head.close = status.charAt(7) == '0';
        try {
            head.status = Integer.parseInt(status, 9, 12, 10);
        } catch (NumberFormatException e) {
            throw new IOException("the answer is not HTTP/1.1: \"" + printable(status) + "\"", e);
        }
        if (head.status < 100 || head.status > 599) {
            throw new IOException("the answer has the status " + head.status);
        }
        for (String line = line(stream, budget); !line.isEmpty(); line = line(stream, budget)) {
            int colon = line.indexOf(':');
            if (colon > 0) {
                field(
                        head,
                        line.substring(0, colon).toLowerCase(Locale.ROOT),
                        line.substring(colon + 1).strip());
            }
        }
        return head;
    }

    private static void field(Head head, String name, String value) throws IOException {
        switch (name) {
            case "content-length" -> {
                try {
                    head.length = Long.parseLong(value);
                } catch (NumberFormatException e) {
                    throw new IOException("the answer has the Content-Length \"" + printable(value) + "\"", e);
                }
                if (head.length < 0) {
                    throw new IOException("the answer has the Content-Length \"" + printable(value) + "\"");
                }
            }
            case "transfer-encoding" ->
                head.chunked = value.toLowerCase(Locale.ROOT).endsWith("chunked");
            case "connection" -> head.close |= value.toLowerCase(Locale.ROOT).contains("close");
            case "retry-after" -> head.retryAfter = value;
            case "accept-encoding" -> head.acceptEncoding = value;
            default -> {
                // The others change nothing for a sender.
            }
        }
    }

    private void skipChunks(InputStream stream) throws IOException {
        int[] budget = {MAX_HEAD_BYTES};
        long total = 0;
        while (true) {
            String size = line(stream, budget);
            int end = size.indexOf(';');
            long length;
            try {
                length = Long.parseLong((end < 0 ? size : size.substring(0, end)).strip(), 16);
            } catch (NumberFormatException e) {
                throw new IOException("the answer has a chunk of length \"" + printable(size) + "\"", e);
            }
            total += Math.max(0, length);
            if (length < 0 || total > MAX_BODY_BYTES) {
                keep = false;
                return;
            }
            if (length == 0) {
                while (!line(stream, budget).isEmpty()) {
                    // Trailers.
                }
                return;
            }
            skip(stream, length);
            line(stream, budget);
        }
    }

    private void skip(InputStream stream, long count) throws IOException {
        for (long left = count; left > 0; ) {
            if (at == limit) {
                fill(stream);
            }
            int step = (int) Math.min(left, limit - at);
            at += step;
            left -= step;
        }
    }

    private String line(InputStream stream, int[] budget) throws IOException {
        StringBuilder line = new StringBuilder(64);
        while (true) {
            if (at == limit) {
                fill(stream);
            }
            char c = (char) (in[at++] & 0xff);
            if (--budget[0] < 0) {
                throw new IOException("the answer's head is longer than " + MAX_HEAD_BYTES + " bytes");
            }
            if (c == '\n') {
                int end = line.length();
                if (end > 0 && line.charAt(end - 1) == '\r') {
                    line.setLength(end - 1);
                }
                return line.toString();
            }
            line.append(c);
        }
    }

    private void fill(InputStream stream) throws IOException {
        int read = stream.read(in);
        if (read < 0) {
            throw new EOFException(
                    answered
                            ? "the connection ended in the middle of the answer"
                            : "the connection ended before an answer");
        }
        answered = true;
        at = 0;
        limit = read;
    }

    private static String printable(String text) {
        String shown = text.replaceAll("[^ -~]", "?");
        return shown.length() > 80 ? shown.substring(0, 80) + "…" : shown;
    }
}
