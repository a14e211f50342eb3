package dev.internalevents.spring;

import dev.internalevents.client.RequestTracking;
import dev.internalevents.servlet.InternalEventFilter;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;

/** Adds verified claims to a request; runs behind the filters that authenticate the caller. */
final class VerifiedClaimsFilter implements Filter {

    private final VerifiedClaimsSource source;

    VerifiedClaimsFilter(VerifiedClaimsSource source) {
        this.source = source;
    }

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        RequestTracking tracking = InternalEventFilter.tracking(request);
        if (tracking != null && request instanceof HttpServletRequest http) {
            RequestClaims.apply(source, tracking, http.getUserPrincipal(), http.getHeader("Authorization"));
        }
        chain.doFilter(request, response);
    }
}
