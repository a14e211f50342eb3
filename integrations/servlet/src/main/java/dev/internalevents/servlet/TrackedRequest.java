package dev.internalevents.servlet;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A request whose asynchronous work runs in its scopes. */
final class TrackedRequest extends HttpServletRequestWrapper {

    private final RequestScopes scopes;
    private @Nullable ServletInputStream body;

    TrackedRequest(HttpServletRequest request, RequestScopes scopes) {
        super(request);
        this.scopes = scopes;
    }

    RequestScopes scopes() {
        return scopes;
    }

    @Override
    public ServletInputStream getInputStream() throws IOException {
        if (body == null) {
            body = new TrackedInputStream(super.getInputStream(), scopes);
        }
        return body;
    }

    @Override
    public AsyncContext startAsync() {
        return new TrackedAsyncContext(super.startAsync(), scopes);
    }

    @Override
    public AsyncContext startAsync(ServletRequest request, ServletResponse response) {
        return new TrackedAsyncContext(super.startAsync(request, response), scopes);
    }

    /** Returns null if there is none, as Spring's MockMvc expects; a real container throws. */
    @Override
    public @Nullable AsyncContext getAsyncContext() {
        AsyncContext inner = super.getAsyncContext();
        return inner == null ? null : new TrackedAsyncContext(inner, scopes);
    }
}
