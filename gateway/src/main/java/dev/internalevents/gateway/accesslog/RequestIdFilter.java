package dev.internalevents.gateway.accesslog;

import dev.internalevents.client.EventContextFactory;
import dev.internalevents.spring.InternalEventsServletAutoConfiguration;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Gives each request an id, also one without a context: that of its header {@code X-Request-ID}, or a new one if that is
 * not usable. Everything behind this filter reads it from the header, so that the answer, the line of the access log and the events
 * carry the same.
 */
@Component
@Order(InternalEventsServletAutoConfiguration.FILTER_ORDER - 20)
class RequestIdFilter extends OncePerRequestFilter {

    static final String HEADER = EventContextFactory.REQUEST_ID;

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        String id = EventContextFactory.correlationId(request.getHeader(HEADER));
        response.setHeader(HEADER, id);
        chain.doFilter(new IdentifiedRequest(request, id), response);
    }
}
