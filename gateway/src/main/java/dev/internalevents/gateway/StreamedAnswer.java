package dev.internalevents.gateway;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Sends an answer part by part. It is written on the request's thread, because the request's context is current there
 * and the access log covers the whole request.
 */
public final class StreamedAnswer {

    private StreamedAnswer() {}

    /**
     * Sends each part as soon as it is available. Blocks while the client is not reading.
     *
     * @return null: what a handler returns once the response is written
     */
    public static @Nullable Object send(HttpServletResponse response, Iterable<String> parts) throws IOException {
        response.setContentType("text/event-stream;charset=UTF-8");
        OutputStream out = response.getOutputStream();
        for (String part : parts) {
            out.write(part.getBytes(StandardCharsets.UTF_8));
            out.flush();
        }
        return null;
    }
}
