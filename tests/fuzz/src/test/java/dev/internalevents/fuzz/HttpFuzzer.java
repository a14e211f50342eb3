package dev.internalevents.fuzz;

import dev.internalevents.collector.Collector;
import dev.internalevents.collector.CollectorSettings;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Fuzzes the collector's port and Micro's API: the collector must keep answering. */
public final class HttpFuzzer {

    private static final List<String> STARTS = List.of(
            "",
            "GET /i?",
            "POST /com.snowplowanalytics.snowplow/tp2 HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n",
            "POST /com.snowplowanalytics.iglu/v1 HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n",
            "POST /micro/events HTTP/1.1\r\nHost: 127.0.0.1\r\n",
            "POST /micro/await HTTP/1.1\r\nHost: 127.0.0.1\r\n",
            "POST /micro/columnStats HTTP/1.1\r\nHost: 127.0.0.1\r\n",
            "GET /micro/iglu/",
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");

    private static final Collector COLLECTOR = start();

    private HttpFuzzer() {}

    private static Collector start() {
        try {
            return Collector.start(CollectorSettings.local(0));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    public static void fuzzerTestOneInput(byte[] input) throws IOException {
        if (input.length == 0) {
            return;
        }
        String start = STARTS.get((input[0] & 0xff) % STARTS.size());
        byte[] rest = new byte[input.length - 1];
        System.arraycopy(input, 1, rest, 0, rest.length);
        boolean asBody = start.startsWith("POST");
        try (Socket socket = new Socket("127.0.0.1", COLLECTOR.port())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(start.getBytes(StandardCharsets.US_ASCII));
            if (asBody) {
                socket.getOutputStream()
                        .write(("Connection: close\r\nContent-Length: " + rest.length + "\r\n\r\n")
                                .getBytes(StandardCharsets.US_ASCII));
            }
            socket.getOutputStream().write(rest);
            if (asBody) {
                answer(socket);
            }
        } catch (java.net.SocketException e) {
            // The collector may close the connection on invalid HTTP before everything is written.
        }
        healthy();
    }

    private static void answer(Socket socket) throws IOException {
        String status = new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII);
        if (!status.startsWith("HTTP/1.1 ") || status.startsWith("HTTP/1.1 5")) {
            throw new IllegalStateException("answered \"" + status + "\"");
        }
    }

    private static void healthy() throws IOException {
        try (Socket socket = new Socket("127.0.0.1", COLLECTOR.port())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream()
                    .write("GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
            InputStream in = socket.getInputStream();
            String status = new String(in.readNBytes(12), StandardCharsets.US_ASCII);
            if (!status.equals("HTTP/1.1 200")) {
                throw new IllegalStateException("the collector is not well: \"" + status + "\"");
            }
        }
    }
}
