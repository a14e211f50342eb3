package dev.internalevents.metrics.postgres;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;

/** A TCP proxy on 127.0.0.1 that can refuse, hang, or lose the answer to a transaction's COMMIT. */
final class BrokenWire implements AutoCloseable {

    enum Mode {
        WORKING,
        /** Connections are closed. */
        AWAY,
        /** Nothing is passed on. */
        HANGING
    }

    /** A message Parse whose statement has a name; poolers that change the connection cannot find it again. */
    private static final Pattern NAMED = Pattern.compile("P[\\x00-\\xff]{4}S_[0-9]+\\x00");

    private final int target;
    private final ServerSocket server;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger answersToLose = new AtomicInteger();
    private final AtomicInteger requestsToCut = new AtomicInteger();
    private final AtomicInteger named = new AtomicInteger();
    private volatile boolean isAnswerCut;
    private volatile Mode mode = Mode.WORKING;

    BrokenWire(int target) {
        this.target = target;
        try {
            server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        start(this::accept);
    }

    int port() {
        return server.getLocalPort();
    }

    void become(Mode next) {
        mode = next;
        if (next == Mode.AWAY) {
            open.forEach(BrokenWire::close);
        }
    }

    /** Passes the next COMMITs on, and closes the connection when their answer comes. */
    void loseAnswersToCommit(int count) {
        answersToLose.set(count);
    }

    int answersStillToLose() {
        return answersToLose.get();
    }

    /**
     * Closes the connection at a request from now on.
     *
     * @param number from 1; 0 for none
     * @param isAnswered whether PostgreSQL gets the request, and only its answer is lost
     */
    void cutAtRequest(int number, boolean isAnswered) {
        isAnswerCut = isAnswered;
        requestsToCut.set(number);
    }

    /** Returns how many requests had a statement with a name. */
    int namedStatements() {
        return named.get();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket client = server.accept();
                if (mode == Mode.AWAY) {
                    close(client);
                    continue;
                }
                Socket postgres = new Socket(InetAddress.getLoopbackAddress(), target);
                open.add(client);
                open.add(postgres);
                boolean[] loses = {false};
                start(() -> pass(client, postgres, true, loses));
                start(() -> pass(postgres, client, false, loses));
            } catch (IOException e) {
                // Closed
            }
        }
    }

    private void pass(Socket from, Socket to, boolean isRequest, boolean[] loses) {
        byte[] buffer = new byte[1 << 16];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                while (mode == Mode.HANGING) {
                    LockSupport.parkNanos(10_000_000L);
                }
                String text = isRequest ? new String(buffer, 0, n, StandardCharsets.ISO_8859_1) : "";
                if (NAMED.matcher(text).find()) {
                    named.incrementAndGet();
                }
                if (isRequest && requestsToCut.getAndUpdate(left -> Math.max(0, left - 1)) == 1) {
                    if (!isAnswerCut) {
                        break;
                    }
                    synchronized (loses) {
                        loses[0] = true;
                    }
                } else if (text.contains("COMMIT")) {
                    synchronized (loses) {
                        loses[0] = answersToLose.getAndUpdate(left -> Math.max(0, left - 1)) > 0;
                    }
                } else if (!isRequest) {
                    synchronized (loses) {
                        if (loses[0]) {
                            break;
                        }
                    }
                }
                out.write(buffer, 0, n);
            }
        } catch (IOException e) {
            // Closed
        }
        close(from);
        close(to);
    }

    private static void start(Runnable task) {
        Thread thread = new Thread(task, "wire");
        thread.setDaemon(true);
        thread.start();
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // Closed already
        }
    }

    @Override
    public void close() {
        become(Mode.AWAY);
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
