package dev.internalevents.servlet;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The response to a {@link TrackedRequest}; a {@code WriteListener} runs in the request's scopes. */
final class TrackedResponse extends HttpServletResponseWrapper {

    private final RequestScopes scopes;
    private @Nullable ServletOutputStream body;

    TrackedResponse(HttpServletResponse response, RequestScopes scopes) {
        super(response);
        this.scopes = scopes;
    }

    @Override
    public ServletOutputStream getOutputStream() throws IOException {
        if (body == null) {
            body = new TrackedOutputStream(super.getOutputStream(), scopes);
        }
        return body;
    }
}
