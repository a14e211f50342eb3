package dev.internalevents.gateway.accesslog;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.util.Collections;
import java.util.Enumeration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A request whose {@code X-Request-ID} header is replaced by the given id. */
final class IdentifiedRequest extends HttpServletRequestWrapper {

    private final String id;

    IdentifiedRequest(HttpServletRequest request, String id) {
        super(request);
        this.id = id;
    }

    @Override
    public @Nullable String getHeader(String name) {
        return name.equalsIgnoreCase(RequestIdFilter.HEADER) ? id : super.getHeader(name);
    }

    @Override
    public Enumeration<String> getHeaders(String name) {
        return name.equalsIgnoreCase(RequestIdFilter.HEADER)
                ? Collections.enumeration(List.of(id))
                : super.getHeaders(name);
    }

    @Override
    public Enumeration<String> getHeaderNames() {
        Set<String> names = new LinkedHashSet<>(Collections.list(super.getHeaderNames()));
        if (names.stream().noneMatch(RequestIdFilter.HEADER::equalsIgnoreCase)) {
            names.add(RequestIdFilter.HEADER);
        }
        return Collections.enumeration(names);
    }
}
