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
 * Gives each request an id, even without a context: that of its {@code X-Request-ID} header, or a new one if the header
 * is missing or invalid. Everything behind this filter reads the id from the header, so that the answer, the access log
 * line and the events have the same id.
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
