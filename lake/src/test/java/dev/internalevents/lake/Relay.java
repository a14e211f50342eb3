package dev.internalevents.lake;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Connections to a server of 127.0.0.1 that a test makes fail. What is sent is passed to a rule first, as a text of one
 * character a byte, in the pieces in which it arrives.
 */
public final class Relay implements AutoCloseable {

    private static final int MAX_PIECE = 64 << 10;
    private static final long DRIP_NANOS = 10_000_000;

    /** What happens with a piece. */
    public enum Fate {
        /** It is passed on. */
        PASS,
        /** Both ends are closed. */
        CLOSE,
        /** Nothing, until the client ends the connection. */
        HANG,
        /** From then on, one byte at a time is passed on, a hundred a second. */
        DRIP
    }

    private final int server;
    private final ServerSocket listener;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final AtomicInteger connections = new AtomicInteger();
    private volatile Function<String, Fate> requests = piece -> Fate.PASS;
    private volatile Function<String, Fate> answers = piece -> Fate.PASS;
    private volatile Function<String, @Nullable String> canned = piece -> null;

    private Relay(int server, ServerSocket listener) {
        this.server = server;
        this.listener = listener;
    }

    /** Starts one in front of a port. */
    public static Relay to(int port) throws IOException {
        Relay relay = new Relay(port, new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1")));
        thread(relay::accept);
        return relay;
    }

    /** Returns its port. */
    public int port() {
        return listener.getLocalPort();
    }

    /** Returns its address for HTTP. */
    public String url() {
        return "http://127.0.0.1:" + port();
    }

    /** Decides about what clients send. */
    public void requests(Function<String, Fate> rule) {
        requests = rule;
    }

    /** Decides about what the server sends. */
    public void answers(Function<String, Fate> rule) {
        answers = rule;
    }

    /** Answers a request instead of the server, and closes the connection; null for none. */
    public void canned(Function<String, @Nullable String> rule) {
        canned = rule;
    }

    /** Passes everything on. */
    public void clear() {
        requests = piece -> Fate.PASS;
        answers = piece -> Fate.PASS;
        canned = piece -> null;
    }

    /** Returns how many connections there were. */
    public int connections() {
        return connections.get();
    }

    private static void thread(Runnable work) {
        Thread thread = new Thread(work, "relay");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                connections.incrementAndGet();
                sockets.add(client);
                thread(() -> connect(client));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void connect(Socket client) {
        try (client;
                Socket target = new Socket(InetAddress.getByName("127.0.0.1"), server)) {
            sockets.add(target);
            thread(() -> pass(target, client, piece -> answers.apply(piece), piece -> null));
            pass(client, target, piece -> requests.apply(piece), piece -> canned.apply(piece));
        } catch (IOException e) {
            // The server is away, or the client has gone.
        } finally {
            sockets.remove(client);
        }
    }

    private static void pass(
            Socket from, Socket to, Function<String, Fate> rule, Function<String, @Nullable String> instead) {
        byte[] buffer = new byte[MAX_PIECE];
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            boolean hangs = false;
            boolean drips = false;
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                String piece = new String(buffer, 0, count, StandardCharsets.ISO_8859_1);
                String answer = instead.apply(piece);
                if (answer != null) {
                    from.getOutputStream().write(answer.getBytes(StandardCharsets.ISO_8859_1));
                    from.shutdownOutput();
                    in.transferTo(OutputStream.nullOutputStream());
                    return;
                }
                Fate fate = rule.apply(piece);
                hangs |= fate == Fate.HANG;
                drips |= fate == Fate.DRIP;
                if (fate == Fate.CLOSE) {
                    return;
                }
                if (drips) {
                    drip(buffer, count, out);
                } else if (!hangs) {
                    out.write(buffer, 0, count);
                    out.flush();
                }
            }
        } catch (IOException e) {
            // One end has gone.
        }
    }

    private static void drip(byte[] bytes, int count, OutputStream to) throws IOException {
        for (int i = 0; i < count; i++) {
            to.write(bytes[i]);
            to.flush();
            LockSupport.parkNanos(DRIP_NANOS);
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
