package dev.internalevents.benchmarks.deliver;

import dev.internalevents.benchmarks.harness.ReferenceEvent;
import dev.internalevents.protocol.Contexts;
import dev.internalevents.protocol.PayloadBody;
import dev.internalevents.protocol.StructuredEvent;
import dev.internalevents.protocol.Tracker;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;

/** The upper limit: writes a prepared request to a bare socket as soon as the last one is answered. */
final class RawSender implements Sender {

    private final Socket socket;
    private final byte[] request;
    private final byte[] answer = new byte[4096];
    private int answerLength;

    RawSender(String url, int events) throws IOException {
        URI uri = URI.create(url);
        this.socket = new Socket(uri.getHost(), uri.getPort());
        socket.setTcpNoDelay(true);
        this.request = request(uri, events);
    }

    private static byte[] request(URI uri, int events) {
        PayloadBody body = new PayloadBody(0);
        for (int i = 0; i < events; i++) {
            new StructuredEvent(
                            UUID.randomUUID(),
                            Instant.now(),
                            new StructuredEvent.Fields(
                                    ReferenceEvent.CATEGORY,
                                    ReferenceEvent.ACTION,
                                    ReferenceEvent.LABEL,
                                    ReferenceEvent.PROPERTY,
                                    ReferenceEvent.VALUE),
                            Contexts.of(ReferenceEvent.context()
                                    .toSelfDescribingJson(Map.of(
                                            "model_engine",
                                            ReferenceEvent.MODEL_ENGINE,
                                            "prefix_length",
                                            ReferenceEvent.PREFIX_LENGTH))))
                    .writeOpenTo(body.beginEvent(), new Tracker("gl", "gitlab_ai_gateway", "srv", "raw"));
            body.endEvent();
        }
        body.finish(System.currentTimeMillis());
        byte[] head = ("POST /com.snowplowanalytics.snowplow/tp2 HTTP/1.1\r\nHost: " + uri.getAuthority()
                        + "\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: " + body.size()
                        + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
        byte[] all = new byte[head.length + body.size()];
        System.arraycopy(head, 0, all, 0, head.length);
        System.arraycopy(body.array(), body.start(), all, head.length, body.size());
        return all;
    }

    @Override
    public void send() throws IOException {
        socket.getOutputStream().write(request);
        InputStream in = socket.getInputStream();
        // All answers of the sink are the same, and the first one arrives in one piece.
        int read = 0;
        do {
            int more = in.read(answer, read, answer.length - read);
            if (more < 0) {
                throw new EOFException("the sink closed the connection");
            }
            read += more;
        } while (read < answerLength);
        answerLength = read;
    }

    @Override
    public void drain() {
        // Each request was answered.
    }
}
