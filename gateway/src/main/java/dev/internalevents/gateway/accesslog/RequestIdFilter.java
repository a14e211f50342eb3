package dev.internalevents.gateway.accesslog;

import dev.internalevents.client.EventContextFactory;
import dev.internalevents.spring.InternalEventsServletAutoConfiguration;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Gives each request an id: that of its header {@code X-Request-ID}, or a new one if there is none that can be sent back.
 * Everything behind this filter reads it from the header, so that the answer, the line of the access log and the events
 * carry the same.
 */
@Component
@Order(InternalEventsServletAutoConfiguration.FILTER_ORDER - 20)
class RequestIdFilter extends OncePerRequestFilter {

    static final String HEADER = "X-Request-ID";

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        String given = request.getHeader(HEADER);
        String id =
                isUsable(given) ? given.strip() : UUID.randomUUID().toString().replace("-", "");
        response.setHeader(HEADER, id);
        chain.doFilter(new IdentifiedRequest(request, id), response);
    }

    /** Longer ids are not taken over into the context of events either. */
    private static boolean isUsable(@Nullable String id) {
        return id != null
                && !id.isBlank()
                && id.length() <= EventContextFactory.MAX_HEADER_LENGTH
                && id.chars().allMatch(c -> c >= ' ' && c <= '~');
    }
}
