package dev.internalevents.hostile.headers;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** A service that tracks an event for each request that it serves. */
interface Transport extends AutoCloseable {

    /**
     * Sends a request.
     *
     * @return whether the service served it; a server may reject a header before the service sees it
     */
    boolean send(Map<String, String> headers) throws Exception;

    @Override
    void close();

    /** Sends header values as they are, which no HTTP client would do for all of them. */
    static boolean get(int port, Map<String, String> headers) throws IOException {
        StringBuilder request = new StringBuilder("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n");
        headers.forEach(
                (name, value) -> request.append(name).append(": ").append(value).append("\r\n"));
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(60_000);
            socket.getOutputStream().write(request.append("\r\n").toString().getBytes(StandardCharsets.UTF_8));
            InputStream in = socket.getInputStream();
            String answer = new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
            String status = answer.substring(0, Math.min(12, answer.length()));
            return switch (status) {
                case "HTTP/1.1 200" -> true;
                case "HTTP/1.1 400", "HTTP/1.1 431" -> false;
                default -> throw new IOException("answered " + status);
            };
        }
    }
}
