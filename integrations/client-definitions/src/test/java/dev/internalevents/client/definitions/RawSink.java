package dev.internalevents.client.definitions;

import dev.internalevents.testkit.TestServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.stream.Stream;

/** A real HTTP server that records the bytes it receives and searches them for values. */
final class RawSink implements AutoCloseable {

    private final TestServer server = TestServer.responding(request -> new TestServer.Response(this.status, ""));
    private volatile int status = 200;

    RawSink() throws IOException {}

    URI url() {
        return server.url();
    }

    void answer(int status) {
        this.status = status;
    }

    /** Returns whether a value is in any request: as it is, or within base64. */
    boolean got(String value) {
        return server.requests().stream()
                .anyMatch(request -> contains(request.body(), value)
                        || contains((request.path() + request.headers()).getBytes(StandardCharsets.UTF_8), value));
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
        server.close();
    }
}
