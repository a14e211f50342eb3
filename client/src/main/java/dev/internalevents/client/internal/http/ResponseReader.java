package dev.internalevents.client.internal.http;

import dev.internalevents.protocol.Excerpt;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Reads the responses on one connection (RFC 9112). A status line alone is a complete response for the caller; the rest
 * only decides whether the connection can be reused.
 */
final class ResponseReader {

    private static final int MAX_HEAD_BYTES = 64 << 10;
    private static final long MAX_BODY_BYTES = 1 << 20;

    private static final int TLS_ALERT = 0x15;
    private static final int TLS_HANDSHAKE = 0x16;

    private final InputStream stream;
    private final byte[] in = new byte[8192];
    private int at;
    private int limit;
    private boolean begun;

    private int budget;
    private long length;
    private boolean chunked;
    private boolean keep;
    private @Nullable String retryAfter;
    private @Nullable String acceptEncoding;
    private @Nullable String location;

    ResponseReader(InputStream stream) {
        this.stream = stream;
    }

    /** Returns whether any byte of the response to the last request was received. */
    boolean hasBegun() {
        return begun;
    }

    /** Returns whether the whole response was read, and another request may be sent. */
    boolean canBeUsedAgain() {
        return keep;
    }

    /** Returns whether bytes were received that do not belong to a response read so far. */
    boolean hasMore() {
        return at != limit;
    }

    /**
     * Blocks until the status line of the next final response, and returns its status, 200 to 599.
     *
     * @throws IOException if there is none
     */
    int status() throws IOException {
        begun = false;
        keep = false;
        while (true) {
            int status = statusLine();
            if (status >= 200) {
                return status;
            } else if (status == 101) {
                throw new IOException("the server answered 101 and switches to a protocol that was not requested");
            }
            fields();
        }
    }

    /** Reads what follows the status line, as much as is received. Never throws. */
    HttpResponse rest(int status, boolean hasBody) {
        try {
            fields();
            if (hasBody && status != 204 && status != 304) {
                skipBody();
            }
            // Unrequested bytes after a response must not be mistaken for the next one.
            keep &= at == limit;
        } catch (IOException e) {
            keep = false;
        }
        return new HttpResponse(status, retryAfter, acceptEncoding, location);
    }

    private int statusLine() throws IOException {
        budget = MAX_HEAD_BYTES;
        length = -1;
        chunked = false;
        retryAfter = acceptEncoding = location = null;
        if (at == limit) {
            fill();
        }
        if (in[at] != 'H') {
            complain(in[at]);
        }
        String line = lineOrStatus();
        if (line.startsWith("PRI * HTTP/2") || line.startsWith("HTTP/2")) {
            complain(0);
        }
        try {
            if (hasStatus(line)) {
                int status = Integer.parseInt(line, 9, 12, 10);
                if (status < 100 || status > 599) {
                    throw new IOException("the answer has the status " + status);
                }
                keep = line.charAt(7) != '0';
                return status;
            }
        } catch (NumberFormatException e) {
            // Reported below.
        }
        throw new IOException("the answer is not HTTP/1.1: \"" + printable(line) + "\"");
    }

    private static boolean hasStatus(String line) {
        return line.startsWith("HTTP/1.") && line.length() >= 12 && (line.length() == 12 || line.charAt(12) == ' ');
    }

    /**
     * Returns the line; if the connection ended within it, returns what was received if that contains the status,
     * because then only the reason phrase is missing.
     */
    private String lineOrStatus() throws IOException {
        StringBuilder line = new StringBuilder(64);
        try {
            readLine(line);
        } catch (IOException e) {
            if (!hasStatus(line.toString())) {
                throw e;
            }
        }
        return line.toString();
    }

    /** Throws if the response begins like another protocol, naming it. */
    private void complain(int first) throws IOException {
        if (first == TLS_ALERT || first == TLS_HANDSHAKE) {
            throw new IOException("the answer is not HTTP/1.1 but TLS: is it an https endpoint?");
        } else if (first == 0) {
            throw new IOException(
                    "the answer is not HTTP/1.1 but looks like HTTP/2; expected a server that speaks HTTP/1.1");
        }
    }

    private void fields() throws IOException {
        for (String line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            if (colon > 0) {
                field(
                        line.substring(0, colon).toLowerCase(Locale.ROOT),
                        line.substring(colon + 1).strip());
            }
        }
    }

    private void field(String name, String value) {
        switch (name) {
            case "content-length" -> length(value);
            case "transfer-encoding" -> chunked = value.toLowerCase(Locale.ROOT).endsWith("chunked");
            case "connection" -> keep &= !value.toLowerCase(Locale.ROOT).contains("close");
            case "retry-after" -> retryAfter = value;
            case "accept-encoding" -> acceptEncoding = value;
            case "location" -> location = value;
            default -> {
                // Other fields do not matter to a sender.
            }
        }
    }

    private void length(String value) {
        try {
            length = Long.parseLong(value);
        } catch (NumberFormatException e) {
            length = -1;
        }
        keep &= length >= 0;
    }

    private void skipBody() throws IOException {
        if (chunked) {
            skipChunks();
        } else if (length > MAX_BODY_BYTES || length < 0) {
            // The body is not needed; a new connection costs less than reading a long body.
            keep = false;
        } else if (keep) {
            skip(length);
        }
    }

    private void skipChunks() throws IOException {
        budget = MAX_HEAD_BYTES;
        long total = 0;
        while (keep) {
            String size = line();
            int end = size.indexOf(';');
            long chunk;
            try {
                chunk = Long.parseLong((end < 0 ? size : size.substring(0, end)).strip(), 16);
            } catch (NumberFormatException e) {
                chunk = -1;
            }
            total += Math.max(0, chunk);
            if (chunk < 0 || total > MAX_BODY_BYTES) {
                keep = false;
            } else if (chunk == 0) {
                while (!line().isEmpty()) {
                    // Trailers.
                }
                return;
            } else {
                skip(chunk);
                line();
            }
        }
    }

    private void skip(long count) throws IOException {
        for (long left = count; left > 0; ) {
            if (at == limit) {
                fill();
            }
            int step = (int) Math.min(left, limit - at);
            at += step;
            left -= step;
        }
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder(64);
        readLine(line);
        return line.toString();
    }

    private void readLine(StringBuilder line) throws IOException {
        while (true) {
            if (at == limit) {
                fill();
            }
            char c = (char) (in[at++] & 0xff);
            if (--budget < 0) {
                throw new IOException("the answer's head is longer than " + MAX_HEAD_BYTES + " bytes");
            }
            if (c == '\n') {
                int end = line.length();
                if (end > 0 && line.charAt(end - 1) == '\r') {
                    line.setLength(end - 1);
                }
                return;
            }
            line.append(c);
        }
    }

    private void fill() throws IOException {
        int read = stream.read(in);
        if (read < 0) {
            throw new EOFException(
                    begun
                            ? "the connection ended in the middle of the answer"
                            : "the connection ended before an answer");
        }
        begun = true;
        at = 0;
        limit = read;
    }

    static String printable(String text) {
        String shown = text.replaceAll("[^ -~]", "?");
        return Excerpt.of(shown, 80);
    }
}
