package dev.internalevents.hostile;

import dev.internalevents.protocol.PayloadData;
import dev.internalevents.testkit.TestCertificate;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/** A collector on raw sockets, plain or TLS, that misbehaves on each connection until {@link #behave} is called. */
final class RawCollector implements AutoCloseable {

    /**
     * How much longer than its timeout a close may take. The client promises a second, but a busy machine needs more.
     */
    static final Duration SLACK = Duration.ofSeconds(Integer.getInteger("hostile.slack.seconds", 10));

    static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    /** What the server does with a connection. The connection is closed when the method returns. */
    interface Behaviour {
        void serve(Connection connection) throws IOException;
    }

    private final ServerSocket server = new ServerSocket();
    private final SSLContext tls;
    private final Set<String> names = ConcurrentHashMap.newKeySet();
    private final AtomicInteger misbehaved = new AtomicInteger();
    private final AtomicInteger connections = new AtomicInteger();
    private final List<String> heads = new CopyOnWriteArrayList<>();
    private final List<Socket> open = new CopyOnWriteArrayList<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Behaviour behaviour;
    private volatile boolean behaving;

    /** @param tls null for plain http */
    RawCollector(SSLContext tls, Behaviour behaviour) throws IOException {
        this(tls, "127.0.0.1", 0, behaviour);
    }

    RawCollector(SSLContext tls, String address, int port, Behaviour behaviour) throws IOException {
        this.tls = tls;
        this.behaviour = behaviour;
        // Small, so that unread data blocks the writer.
        server.setReceiveBufferSize(4096);
        server.bind(new InetSocketAddress(InetAddress.getByName(address), port), 50);
        daemon(this::accept);
    }

    /** Creates a certificate for the names under which a client can reach this collector. */
    static TestCertificate certificate(Path folder) throws IOException, InterruptedException {
        return TestCertificate.create(folder, "localhost", "127.0.0.1", "collector.test");
    }

    int port() {
        return server.getLocalPort();
    }

    URI url() {
        return url("127.0.0.1");
    }

    URI url(String host) {
        return URI.create((tls == null ? "http://" : "https://") + host + ":" + port());
    }

    /** Accepts every further request and answers it with 200. Stalled connections stay stalled. */
    void behave() {
        behaving = true;
    }

    /** Returns the names of the events in requests that were read, whether or not the answer reached the client. */
    Set<String> names() {
        return names;
    }

    int misbehaved() {
        return misbehaved.get();
    }

    int connections() {
        return connections.get();
    }

    /** Returns the heads of the requests that were read. */
    List<String> heads() {
        return heads;
    }

    static void behaves(Connection connection) throws IOException {
        connection.plain().setReceiveBufferSize(1 << 20);
        for (Request request = connection.read(); request != null; request = connection.read()) {
            connection.take(request);
            connection.write(OK);
        }
    }

    private static void daemon(Runnable task) {
        Thread thread = new Thread(task, "raw-collector");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                open.add(socket);
                socket.setTcpNoDelay(true);
                boolean first = connections.getAndIncrement() == 0;
                daemon(() -> {
                    try (socket) {
                        Behaviour now = behaving ? RawCollector::behaves : behaviour;
                        now.serve(new Connection(socket, first));
                    } catch (IOException e) {
                        // The client closed the connection, as it may.
                    }
                });
            } catch (IOException e) {
                return;
            }
        }
    }

    record Request(String head, byte[] body) {}

    /** A connection on which a behaviour acts. */
    final class Connection {
        private final Socket plain;
        private final boolean first;
        private InputStream in;
        private OutputStream out;

        Connection(Socket plain, boolean first) {
            this.plain = plain;
            this.first = first;
        }

        boolean isFirst() {
            return first;
        }

        Socket plain() {
            return plain;
        }

        boolean isSecure() {
            return tls != null;
        }

        /** Returns whether {@link RawCollector#behave} was called; a persistent connection must then behave too. */
        boolean isToBehave() {
            return behaving;
        }

        /** Performs the TLS handshake, if any. The first read or write calls it. */
        void open() throws IOException {
            if (in != null) {
                return;
            }
            Socket outer = plain;
            if (tls != null) {
                SSLSocket secure = (SSLSocket) tls.getSocketFactory().createSocket(plain, null, plain.getPort(), true);
                secure.setUseClientMode(false);
                secure.startHandshake();
                outer = secure;
            }
            in = new BufferedInputStream(outer.getInputStream());
            out = outer.getOutputStream();
        }

        /** Reads the head of a request; null at the end of the stream. */
        String readHead() throws IOException {
            open();
            StringBuilder head = new StringBuilder();
            while (head.indexOf("\r\n\r\n", Math.max(0, head.length() - 4)) < 0) {
                int b = in.read();
                if (b < 0) {
                    return null;
                }
                head.append((char) b);
            }
            heads.add(head.toString());
            return head.toString();
        }

        /** Reads a whole request; null at the end of the stream. */
        Request read() throws IOException {
            String head = readHead();
            if (head == null) {
                return null;
            }
            byte[] body = body(head);
            return body.length < length(head) ? null : new Request(head, body);
        }

        byte[] body(String head) throws IOException {
            return in.readNBytes(length(head));
        }

        static int length(String head) {
            String lower = head.toLowerCase(Locale.ROOT);
            int at = lower.indexOf("content-length:");
            return at < 0
                    ? 0
                    : Integer.parseInt(
                            lower.substring(at + 15, lower.indexOf('\r', at)).strip());
        }

        /** Records the events of a request as received, whatever the answer is. */
        void take(Request request) {
            PayloadData.decode(request.body())
                    .forEach(entry ->
                            names.add(((PayloadData.Event) entry).payload().get("se_ac")));
        }

        void write(String text) throws IOException {
            open();
            out.write(text.getBytes(StandardCharsets.ISO_8859_1));
            out.flush();
        }

        void misbehaved() {
            misbehaved.incrementAndGet();
        }

        /** Blocks until the collector is closed at the end of the test. */
        void stall() {
            misbehaved();
            try {
                closed.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        void reset() throws IOException {
            misbehaved();
            plain.setSoLinger(true, 0);
            plain.close();
        }
    }

    @Override
    public void close() throws IOException {
        closed.countDown();
        server.close();
        for (Socket socket : open) {
            socket.close();
        }
    }
}
