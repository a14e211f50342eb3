package dev.internalevents.benchmarks.collect;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;

/**
 * Sends requests at a given rate, independent of the response times. If a request is sent late because the one before
 * it was not answered yet, its response time counts from when it was due.
 */
public final class PacedLoad {

    private static final byte[] LENGTH = "content-length: ".getBytes(StandardCharsets.US_ASCII);

    private final int port;
    private final int events;
    private final byte[] head;
    private final byte[] event;
    private final int idAt;

    /**
     * Creates a load generator.
     *
     * @param events number of events per request
     */
    public PacedLoad(int port, int events) {
        this.port = port;
        this.events = events;
        String text = EventText.event();
        this.event = text.getBytes(StandardCharsets.US_ASCII);
        this.idAt = text.indexOf(EventText.ID);
        int length = EventText.HEAD.length() + events * (event.length + 1) - 1 + 2;
        this.head = ("POST /com.snowplowanalytics.snowplow/tp2 HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                        + "Content-Type: application/json\r\nContent-Length: " + length + "\r\n\r\n" + EventText.HEAD)
                .getBytes(StandardCharsets.US_ASCII);
    }

    /** The requests that were answered with 200, all other requests, and the response times in nanoseconds, sorted. */
    public record Outcome(long taken, long refused, long[] nanos) {

        public double percentileMillis(double percent) {
            return nanos.length == 0 ? 0 : nanos[(int) Math.min(nanos.length - 1, nanos.length * percent / 100)] / 1e6;
        }
    }

    public Outcome run(int connections, double requestsPerSecond, double seconds) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(connections);
        try {
            List<Future<Outcome>> all = new ArrayList<>();
            double each = requestsPerSecond / connections;
            for (int i = 0; i < connections; i++) {
                int connection = i;
                all.add(threads.submit(() -> send(connection, each, connection / requestsPerSecond, seconds)));
            }
            long taken = 0;
            long refused = 0;
            List<long[]> times = new ArrayList<>();
            for (Future<Outcome> one : all) {
                taken += one.get().taken();
                refused += one.get().refused();
                times.add(one.get().nanos());
            }
            long[] nanos = times.stream().flatMapToLong(Arrays::stream).sorted().toArray();
            return new Outcome(taken, refused, nanos);
        } finally {
            threads.shutdownNow();
        }
    }

    private Outcome send(int connection, double perSecond, double offsetSeconds, double seconds) throws IOException {
        byte[] request = Arrays.copyOf(head, head.length + events * (event.length + 1) + 1);
        int[] ids = new int[events];
        int at = head.length;
        for (int i = 0; i < events; i++) {
            System.arraycopy(event, 0, request, at, event.length);
            ids[i] = at + idAt;
            at += event.length;
            request[at++] = (byte) (i + 1 < events ? ',' : ']');
        }
        request[at] = '}';
        String run = String.format("%08x-%04x-4000-8000-", System.nanoTime() & 0xffffffffL, connection);
        long[] nanos = new long[(int) (perSecond * seconds) + 16];
        int sent = 0;
        long taken = 0;
        long refused = 0;
        long count = 0;
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setTcpNoDelay(true);
            OutputStream out = socket.getOutputStream();
            InputStream in = new BufferedInputStream(socket.getInputStream());
            long begun = System.nanoTime() + (long) (offsetSeconds * 1e9);
            long end = begun + (long) (seconds * 1e9);
            long due = begun;
            while (due < end && System.nanoTime() < end && sent < nanos.length) {
                while (System.nanoTime() < due) {
                    LockSupport.parkNanos(due - System.nanoTime());
                }
                for (int place : ids) {
                    byte[] id = (run + String.format("%012x", count++)).getBytes(StandardCharsets.US_ASCII);
                    System.arraycopy(id, 0, request, place, id.length);
                }
                out.write(request);
                if (status(in) == 200) {
                    taken++;
                } else {
                    refused++;
                }
                nanos[sent++] = System.nanoTime() - due;
                due += (long) (1e9 / perSecond);
            }
        }
        return new Outcome(taken, refused, Arrays.copyOf(nanos, sent));
    }

    private static int status(InputStream in) throws IOException {
        String line = line(in);
        int status = Integer.parseInt(line.substring(9, 12));
        int length = 0;
        for (String header = line(in); !header.isEmpty(); header = line(in)) {
            if (header.regionMatches(true, 0, "content-length: ", 0, LENGTH.length)) {
                length = Integer.parseInt(header.substring(LENGTH.length).strip());
            }
        }
        in.readNBytes(length);
        return status;
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new IOException("the collector closed the connection");
            }
            if (c != '\r') {
                line.append((char) c);
            }
        }
        return line.toString();
    }
}
