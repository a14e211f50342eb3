package dev.internalevents.client.definitions;

import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/** A real HTTP server that records the bytes it receives and searches them for values. */
final class RawSink implements AutoCloseable {

    private final HttpServer server;
    private final List<byte[]> requests = new CopyOnWriteArrayList<>();
    private volatile int status = 200;

    RawSink() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
        server.createContext("/", exchange -> {
            byte[] body = exchange.getRequestBody().readAllBytes();
            boolean compressed = "gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding"));
            requests.add((exchange.getRequestURI() + "\n"
                            + exchange.getRequestHeaders().entrySet())
                    .getBytes(StandardCharsets.UTF_8));
            requests.add(compressed ? new GZIPInputStream(new ByteArrayInputStream(body)).readAllBytes() : body);
            exchange.sendResponseHeaders(status, -1);
            exchange.close();
        });
        server.start();
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    void answer(int status) {
        this.status = status;
    }

    /** Returns whether a value is in any request: as it is, or within base64. */
    boolean got(String value) {
        return requests.stream().anyMatch(request -> contains(request, value));
    }

    /** Returns whether a value is in any file below a folder. */
    static boolean holds(Path folder, String value) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile).anyMatch(file -> {
                try {
                    return contains(Files.readAllBytes(file), value);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }

    private static boolean contains(byte[] bytes, String value) {
        // ISO-8859-1 preserves each byte; the values searched for are ASCII.
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        return text.contains(value)
                || Stream.of(0, 1, 2).anyMatch(offset -> text.contains(encoded(value, offset, Base64.getUrlEncoder())))
                || Stream.of(0, 1, 2).anyMatch(offset -> text.contains(encoded(value, offset, Base64.getEncoder())));
    }

    /**
     * Returns the value's base64 when it follows {@code offset} other bytes, without the letters that depend on its
     * neighbours.
     */
    private static String encoded(String value, int offset, Base64.Encoder encoder) {
        byte[] padded = ("x".repeat(offset) + value).getBytes(StandardCharsets.US_ASCII);
        String text = encoder.withoutPadding().encodeToString(padded);
        int whole = padded.length / 3 * 4;
        return text.substring(offset == 0 ? 0 : offset + 1, whole);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
