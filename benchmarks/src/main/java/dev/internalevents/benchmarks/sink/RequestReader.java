package dev.internalevents.benchmarks.sink;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Reads the requests of one connection one after the other. The buffer grows to the largest request. */
final class RequestReader {
    private static final byte[] LENGTH = "content-length:".getBytes(StandardCharsets.US_ASCII);

    private final InputStream in;
    private byte[] buffer = new byte[512 << 10];
    private int end;
    private int bodyAt;
    private int bodyEnd;

    RequestReader(InputStream in) {
        this.in = in;
    }

    boolean nextRequest() throws IOException {
        System.arraycopy(buffer, bodyEnd, buffer, 0, end - bodyEnd);
        end -= bodyEnd;
        bodyEnd = 0;
        int searched = 0;
        while (true) {
            int head = endOfHead(searched);
            if (head > 0) {
                bodyAt = head;
                bodyEnd = head + contentLength(head);
                break;
            }
            searched = Math.max(0, end - 3);
            if (!fill()) {
                if (end > 0) {
                    throw new EOFException("half a request");
                }
                return false;
            }
        }
        if (bodyEnd > buffer.length) {
            buffer = Arrays.copyOf(buffer, bodyEnd);
        }
        while (end < bodyEnd) {
            if (!fill()) {
                throw new EOFException("half a request");
            }
        }
        return true;
    }

    int braces() {
        return BraceCount.in(buffer, bodyAt, bodyEnd);
    }

    byte[] body() {
        return Arrays.copyOfRange(buffer, bodyAt, bodyEnd);
    }

    private boolean fill() throws IOException {
        int read = in.read(buffer, end, buffer.length - end);
        end += Math.max(0, read);
        return read > 0;
    }

    private int endOfHead(int from) {
        for (int at = from; at + 4 <= end; at++) {
            if (buffer[at] == '\r' && buffer[at + 1] == '\n' && buffer[at + 2] == '\r' && buffer[at + 3] == '\n') {
                return at + 4;
            }
        }
        return -1;
    }

    private int contentLength(int head) throws IOException {
        for (int at = 0; at + LENGTH.length < head; at++) {
            if (matches(at)) {
                int length = 0;
                for (int i = at + LENGTH.length; buffer[i] != '\r'; i++) {
                    if (buffer[i] != ' ') {
                        length = Math.addExact(Math.multiplyExact(length, 10), buffer[i] - '0');
                    }
                }
                return length;
            }
        }
        throw new IOException("a request without Content-Length");
    }

    private boolean matches(int at) {
        for (int i = 0; i < LENGTH.length; i++) {
            if ((buffer[at + i] | 0x20) != (LENGTH[i] | 0x20)) {
                return false;
            }
        }
        return true;
    }
}
