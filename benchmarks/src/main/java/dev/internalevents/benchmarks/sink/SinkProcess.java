package dev.internalevents.benchmarks.sink;

import dev.internalevents.benchmarks.harness.ChildProcess;
import dev.internalevents.protocol.MalformedPayloadException;
import dev.internalevents.protocol.PayloadData;
import dev.internalevents.protocol.TrackerPayload;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/** The process of a sink. Arguments: a port, and {@code count} or {@code parse}. Prints the port that it listens on. */
final class SinkProcess {

    private static final byte[] OK = answer("200 OK");
    private static final byte[] UNAVAILABLE = answer("503 Service Unavailable");
    private static final long STALL_MILLIS = 30_000;

    private final boolean parsing;
    private final LongAdder events = new LongAdder();
    private final Set<UUID> ids = ConcurrentHashMap.newKeySet();
    private final Set<String> labels = ConcurrentHashMap.newKeySet();
    private volatile Behaviour behaviour = Behaviour.ANSWER;

    private SinkProcess(boolean parsing) {
        this.parsing = parsing;
    }

    private static byte[] answer(String status) {
        return ("HTTP/1.1 " + status + "\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nok")
                .getBytes(StandardCharsets.US_ASCII);
    }

    public static void main(String[] arguments) throws Exception {
        SinkProcess sink = new SinkProcess(arguments[1].equals("parse"));
        try (ServerSocket server = new ServerSocket()) {
            server.setReuseAddress(true);
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(arguments[0])), 100);
            daemon(() -> sink.accept(server));
            System.out.println(server.getLocalPort());
            ChildProcess.serve(sink::answerTo);
        }
    }

    private static void daemon(Runnable task) {
        Thread thread = new Thread(task, "sink");
        thread.setDaemon(true);
        thread.start();
    }

    private String answerTo(String question) {
        if (question.equals("events")) {
            return Long.toString(events.sum());
        } else if (question.equals("distinct")) {
            return Integer.toString(ids.size());
        } else if (question.startsWith("has ")) {
            return labels.contains(question.substring(4)) ? "yes" : "no";
        }
        behaviour = Behaviour.valueOf(question.substring("behave ".length()));
        return "ok";
    }

    private void accept(ServerSocket server) {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                daemon(() -> serve(socket));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            socket.setTcpNoDelay(true);
            RequestReader request = new RequestReader(socket.getInputStream());
            OutputStream out = socket.getOutputStream();
            while (request.nextRequest()) {
                Behaviour now = behaviour;
                if (now == Behaviour.ANSWER || now == Behaviour.HALF_AN_ANSWER) {
                    keep(request);
                }
                if (now == Behaviour.ANSWER) {
                    out.write(OK);
                } else if (now == Behaviour.UNAVAILABLE) {
                    out.write(UNAVAILABLE);
                } else {
                    fail(now, socket, out);
                    return;
                }
            }
        } catch (IOException e) {
            // The sender closed the connection, for example because it was killed.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void fail(Behaviour how, Socket socket, OutputStream out) throws IOException, InterruptedException {
        if (how == Behaviour.RESET) {
            socket.setSoLinger(true, 0);
        } else if (how == Behaviour.HALF_AN_ANSWER) {
            out.write(OK, 0, OK.length / 2);
        } else {
            TimeUnit.MILLISECONDS.sleep(STALL_MILLIS);
        }
    }

    private void keep(RequestReader request) throws IOException {
        if (!parsing) {
            events.add(request.braces() - 1L);
            return;
        }
        try {
            List<PayloadData.Entry> entries = PayloadData.decode(request.body());
            for (PayloadData.Entry entry : entries) {
                TrackerPayload payload = ((PayloadData.Event) entry).payload();
                ids.add(UUID.fromString(payload.get("eid")));
                String label = payload.get("se_la");
                if (label != null) {
                    labels.add(label);
                }
            }
            events.add(entries.size());
        } catch (MalformedPayloadException e) {
            throw new IOException("the body is not a valid payload_data", e);
        }
    }
}
