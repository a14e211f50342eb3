package dev.internalevents.gateway.accesslog;

import dev.internalevents.protocol.JsonWriter;
import dev.internalevents.servlet.InternalEventFilter;
import dev.internalevents.spring.InternalEventsServletAutoConfiguration;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/** Logs each request as one line of JSON. Runs outside of the middleware, so that it sees which events were tracked. */
@Component
@Order(InternalEventsServletAutoConfiguration.FILTER_ORDER - 10)
class AccessLogFilter extends OncePerRequestFilter {

    private static final Logger LOG = LoggerFactory.getLogger("access");

    /** Polled every few seconds and not worth logging; the middleware skips these paths too. */
    private static final Set<String> PROBES =
            Set.of("/monitoring/healthz", "/monitoring/ready", "/metrics", "/v1/models/definitions");

    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        return PROBES.contains(request.getRequestURI());
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        long start = System.nanoTime();
        try {
            chain.doFilter(request, response);
        } finally {
            LOG.info(line(request, response.getStatus(), (System.nanoTime() - start) / 1_000));
        }
    }

    private static String line(HttpServletRequest request, int status, long micros) {
        JsonWriter json = new JsonWriter(512).beginObject();
        field(json, "time", Instant.now().toString());
        field(json, "correlation_id", request.getHeader(RequestIdFilter.HEADER));
        field(json, "method", request.getMethod());
        // Leave out the query string, which may contain secrets.
        field(json, "url", request.getRequestURL().toString());
        field(json, "path", request.getRequestURI());
        field(json, "http_version", httpVersion(request.getProtocol()));
        field(json, "client_ip", request.getRemoteAddr());
        field(json, "user_agent", request.getHeader("User-Agent"));
        json.name("status").number(status).name("duration_ms").number(micros / 1000.0);
        json.name("tracked_internal_events").beginArray();
        String tracked = MDC.get(InternalEventFilter.TRACKED_INTERNAL_EVENTS);
        if (tracked != null) {
            for (String name : tracked.split(",", -1)) {
                json.string(name);
            }
        }
        return json.endArray().endObject().toString();
    }

    private static void field(JsonWriter json, String name, @Nullable String value) {
        if (value != null) {
            json.name(name).string(value);
        }
    }

    /** Returns for example 1.1 for HTTP/1.1. */
    private static String httpVersion(String protocol) {
        return protocol.substring(protocol.indexOf('/') + 1);
    }
}
