package dev.internalevents.servlet;

import dev.internalevents.client.EventContext;
import dev.internalevents.client.EventContextFactory;
import dev.internalevents.client.MissingFields;
import dev.internalevents.client.RequestTracking;
import dev.internalevents.client.Scope;
import dev.internalevents.client.VerifiedClaims;
import dev.internalevents.client.internal.middleware.ClaimsReader;
import dev.internalevents.client.settings.InternalEventSettings;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletRequestWrapper;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Collection;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * Gives each HTTP request its {@link EventContext}, built from the {@code X-Gitlab-…} headers, and makes it current
 * while the request is served: on the container's thread, on the threads of {@code AsyncContext.start}, on the thread
 * of an asynchronous dispatch, and in the callbacks of an {@code AsyncListener}, a {@code ReadListener} and a
 * {@code WriteListener} that are set behind this filter. A scope that the application opened in one of them and did not
 * close ends with it. The names of the events tracked during the request are published as the request attribute and the
 * MDC entry {@value #TRACKED_INTERNAL_EVENTS}, for the access log; the request's id as the request attribute
 * {@value #CORRELATION_ID} and, unless it is already set, in the response header
 * {@value EventContextFactory#REQUEST_ID}.
 *
 * <p>A request to a skipped path, or to a disabled filter, gets no context, but scopes left open are still closed.
 * Malformed headers never fail a request. Register the filter for the dispatcher types REQUEST, ASYNC and ERROR, with
 * async supported. An access log that reads the MDC must be a filter outside of this one.
 * {@link InternalEventRequestListener} removes the MDC entry when the request ends.
 */
public final class InternalEventFilter implements Filter {

    /**
     * The request attribute (a live {@code Set<String>}) and the MDC entry
     * ({@link RequestTracking#trackedEventNames()}): {@value}.
     */
    public static final String TRACKED_INTERNAL_EVENTS = "tracked_internal_events";

    /** The request attribute that contains the correlation id of the request's events, a {@code String}: {@value}. */
    public static final String CORRELATION_ID = "correlation_id";

    private static final String TRACKING = RequestTracking.class.getName();
    private static final Logger LOG = LoggerFactory.getLogger(InternalEventFilter.class);

    private final boolean enabled;
    private final Set<String> skippedPaths;
    private final EventContextFactory contexts;
    private final Function<HttpServletRequest, @Nullable VerifiedClaims> claims;
    private final @Nullable MissingFields missingFields;

    private InternalEventFilter(Builder builder) {
        this.enabled = builder.enabled;
        this.skippedPaths = builder.skippedPaths;
        this.contexts = new EventContextFactory(builder.environment, builder.source);
        this.claims = builder.claims;
        this.missingFields = builder.reportMissingFields ? new MissingFields() : null;
    }

    public static Builder builder() {
        return new Builder();
    }

    /**
     * Returns a builder that takes two values from the client's settings: the environment, and whether missing fields
     * are logged.
     */
    public static Builder builder(InternalEventSettings settings) {
        return builder().environment(settings.environment()).reportMissingFields(settings.reportMissingFields());
    }

    /** Returns the tracking of a request that has passed through this filter, or null if it has none. */
    public static @Nullable RequestTracking tracking(ServletRequest request) {
        return request.getAttribute(TRACKING) instanceof RequestTracking tracking ? tracking : null;
    }

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        // An earlier request may have left the entry on this thread.
        MDC.remove(TRACKED_INTERNAL_EVENTS);
        if (!enabled || !(request instanceof HttpServletRequest http) || skippedPaths.contains(path(http))) {
            try (Scope scope = RequestTracking.preserve()) {
                pass(request, response, chain, null);
            }
            return;
        }
        RequestTracking tracking = begun(http);
        echo(tracking, response);
        try (Scope scope = tracking.makeCurrent()) {
            pass(http, response, chain, tracking);
        } finally {
            if (!tracking.trackedEvents().isEmpty()) {
                MDC.put(TRACKED_INTERNAL_EVENTS, tracking.trackedEventNames());
            }
            if (missingFields != null) {
                // Only now, because a token may be verified behind this filter.
                missingFields.check(tracking.context(), path(http));
            }
        }
    }

    /**
     * Sets the header before the application runs, so that the application may replace it and the response is not yet
     * committed.
     */
    private static void echo(RequestTracking tracking, ServletResponse response) {
        String id = tracking.context().correlationId();
        if (id != null
                && response instanceof HttpServletResponse answer
                && !answer.containsHeader(EventContextFactory.REQUEST_ID)) {
            answer.setHeader(EventContextFactory.REQUEST_ID, id);
        }
    }

    /** Returns the request's tracking, created when it first passes this filter; later dispatches reuse it. */
    private RequestTracking begun(HttpServletRequest request) {
        RequestTracking known = tracking(request);
        if (known != null) {
            return known;
        }
        VerifiedClaims verified = ClaimsReader.read(() -> claims.apply(request), "request", LOG);
        RequestTracking tracking = new RequestTracking(contexts.fromHeaders(request::getHeader, verified), verified);
        request.setAttribute(TRACKING, tracking);
        request.setAttribute(CORRELATION_ID, tracking.context().correlationId());
        request.setAttribute(TRACKED_INTERNAL_EVENTS, tracking.trackedEvents());
        return tracking;
    }

    private static void pass(
            ServletRequest request, ServletResponse response, FilterChain chain, @Nullable RequestTracking tracking)
            throws IOException, ServletException {
        if (request instanceof HttpServletRequest http
                && response instanceof HttpServletResponse answer
                && !isTracked(http, tracking)) {
            RequestScopes scopes = new RequestScopes(tracking);
            chain.doFilter(new TrackedRequest(http, scopes), new TrackedResponse(answer, scopes));
        } else {
            chain.doFilter(request, response);
        }
    }

    /**
     * An asynchronous dispatch receives the request that {@code startAsync} was called on. It is wrapped again only if
     * it comes from a skipped path and goes to one that is tracked.
     */
    private static boolean isTracked(HttpServletRequest request, @Nullable RequestTracking tracking) {
        ServletRequest inner = request;
        while (inner instanceof ServletRequestWrapper wrapper) {
            if (wrapper instanceof TrackedRequest tracked) {
                return tracking == null || tracked.scopes().tracking() == tracking;
            }
            inner = wrapper.getRequest();
        }
        return false;
    }

    private static String path(HttpServletRequest request) {
        String uri = request.getRequestURI();
        String context = request.getContextPath();
        return context != null && uri.startsWith(context) ? uri.substring(context.length()) : uri;
    }

    /** Settings of a filter. Not safe for use by several threads. */
    public static final class Builder {

        private boolean enabled = true;
        private String environment = EventContext.DEFAULT_ENVIRONMENT;
        private @Nullable String source;
        private Set<String> skippedPaths = Set.of();
        private Function<HttpServletRequest, @Nullable VerifiedClaims> claims = request -> null;
        private boolean reportMissingFields;

        private Builder() {}

        /** Whether requests are tracked; if false, every request passes straight through. Default: true. */
        public Builder enabled(boolean enabled) {
            this.enabled = enabled;
            return this;
        }

        /** The environment, for example {@code production}; default: {@value EventContext#DEFAULT_ENVIRONMENT}. */
        public Builder environment(String environment) {
            this.environment = environment;
            return this;
        }

        /** The name of the application, for example {@code ai-gateway-java}; default: not sent. */
        public Builder source(@Nullable String source) {
            this.source = source;
            return this;
        }

        /**
         * Excludes paths, relative to the application's context path; their requests get no context. Paths match
         * exactly.
         *
         * @throws IllegalArgumentException if a path does not start with a slash
         */
        public Builder skipPaths(Collection<String> paths) {
            for (String path : paths) {
                if (!path.startsWith("/")) {
                    throw new IllegalArgumentException("skipPaths: \"" + path
                            + "\" does not start with a slash, so no request has this path; expected \"/" + path
                            + "\"");
                }
            }
            this.skippedPaths = Set.copyOf(paths);
            return this;
        }

        /**
         * Sets the function that returns the claims of a request's verified token; default: none. Claims take
         * precedence over headers. It is called once for each request, when the request arrives here, so a container or
         * a filter in front of this one must have authenticated the caller. Code behind this filter calls
         * {@link RequestTracking#verified} instead. If the function throws, the request has no claims, and a warning is
         * logged.
         */
        public Builder claims(Function<HttpServletRequest, @Nullable VerifiedClaims> claims) {
            this.claims = claims;
            return this;
        }

        /** Whether to log the fields that a request's context lacks, see {@link MissingFields}; default: false. */
        public Builder reportMissingFields(boolean reportMissingFields) {
            this.reportMissingFields = reportMissingFields;
            return this;
        }

        public InternalEventFilter build() {
            return new InternalEventFilter(this);
        }
    }
}
