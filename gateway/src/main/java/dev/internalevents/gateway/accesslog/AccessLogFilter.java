package dev.internalevents.gateway.accesslog;

import dev.internalevents.servlet.InternalEventFilter;
import dev.internalevents.spring.InternalEventsServletAutoConfiguration;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;
import tools.jackson.databind.json.JsonMapper;

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
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("time", Instant.now().toString());
        fields.put("correlation_id", request.getHeader(RequestIdFilter.HEADER));
        fields.put("method", request.getMethod());
        // Leave out the query string, which may contain secrets.
        fields.put("url", request.getRequestURL().toString());
        fields.put("path", request.getRequestURI());
        fields.put("http_version", httpVersion(request.getProtocol()));
        fields.put("client_ip", request.getRemoteAddr());
        fields.put("user_agent", request.getHeader("User-Agent"));
        fields.put("status", status);
        fields.put("duration_ms", micros / 1000.0);
        String tracked = MDC.get(InternalEventFilter.TRACKED_INTERNAL_EVENTS);
        fields.put("tracked_internal_events", tracked == null ? List.of() : List.of(tracked.split(",", -1)));
        fields.values().removeIf(Objects::isNull);
        return JsonMapper.shared().writeValueAsString(fields);
    }

    /** Returns for example 1.1 for HTTP/1.1. */
    private static String httpVersion(String protocol) {
        return protocol.substring(protocol.indexOf('/') + 1);
    }
}
