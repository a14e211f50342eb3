package dev.internalevents.collector.http;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.HostAndPort;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Tells programs, the collector's own pages and pages of other origins apart, by what browsers add to a request and pages
 * cannot change: {@code Sec-Fetch-Site} and the headers beside it (Fetch Metadata), {@code Origin}, {@code Referer}. Over
 * plain HTTP to a name other than this machine's a browser sends {@code Origin} and {@code Referer} alone. Safe for use by
 * several threads.
 */
public final class FetchMetadata {

    /** Where a request comes from. */
    public enum Site {
        /** From a program: nothing in it is a browser's. */
        PROGRAM,
        /** From a page of the collector. */
        SAME_ORIGIN,
        /** From a person: an address that was typed, or a bookmark. */
        NONE,
        /** From a page of another origin; another port of this machine and a sibling host are other origins. */
        FOREIGN
    }

    private static final List<String> OF_PAGES =
            List.of("Sec-Fetch-Site", "Origin", "Referer", "Upgrade-Insecure-Requests");

    private final Set<Origin> published;
    private final boolean behindProxy;

    /**
     * Knows the origins of the collector's own pages.
     *
     * @param published origins under which browsers reach the collector besides the address that they send requests to
     * @param behindProxy whether {@code X-Forwarded-Proto} tells the scheme that the browser used
     */
    public FetchMetadata(Set<Origin> published, boolean behindProxy) {
        this.published = Set.copyOf(published);
        this.behindProxy = behindProxy;
    }

    /** Returns where a request comes from; in doubt, from elsewhere. */
    public Site site(HttpServerRequest request) {
        List<String> origins = request.headers().getAll("Origin");
        List<String> sites = request.headers().getAll("Sec-Fetch-Site");
        if (origins.size() > 1
                || sites.size() > 1
                || (origins.size() == 1 && !isOwn(request, Origin.parse(origins.get(0))))) {
            return Site.FOREIGN;
        }
        if (sites.size() == 1) {
            return switch (sites.get(0)) {
                case "same-origin" -> Site.SAME_ORIGIN;
                case "none" -> Site.NONE;
                default -> Site.FOREIGN;
            };
        }
        if (origins.size() == 1) {
            return Site.SAME_ORIGIN;
        }
        List<String> referrers = request.headers().getAll("Referer");
        if (referrers.isEmpty()) {
            return Site.PROGRAM;
        }
        return referrers.size() == 1 && isOwn(request, page(referrers.get(0))) ? Site.SAME_ORIGIN : Site.FOREIGN;
    }

    /** Returns the only {@code Origin} of a request; null without one, with several, and with one that is opaque. */
    public static @Nullable Origin origin(HttpServerRequest request) {
        List<String> origins = request.headers().getAll("Origin");
        return origins.size() == 1 ? Origin.parse(origins.get(0)) : null;
    }

    /**
     * Returns whether a request may be a person who follows a link: not what a page loads, frames or sends. A browser that
     * sends no Fetch Metadata cannot be asked.
     */
    public static boolean isNavigation(HttpServerRequest request) {
        if (request.headers().contains("Origin")) {
            return false;
        }
        String mode = request.getHeader("Sec-Fetch-Mode");
        return mode == null || (mode.equals("navigate") && "document".equals(request.getHeader("Sec-Fetch-Dest")));
    }

    /** Returns whether anything in a request is a browser's, be it the name of one. */
    public static boolean isBrowser(HttpServerRequest request) {
        String agent = request.getHeader("User-Agent");
        return headerOfPage(request) != null
                || (agent != null && (agent.contains("Mozilla/") || agent.contains("Opera/")));
    }

    /**
     * Returns the name of a header that browsers add and programs that drive one do not; null if there is none. Each request
     * that a page causes has one if it goes over TLS or to this machine ({@link HostNames#isLoopback}): browsers send {@code
     * Sec-Fetch-Site} there. To another name over plain HTTP it may have none.
     */
    public static @Nullable String headerOfPage(HttpServerRequest request) {
        return OF_PAGES.stream().filter(request.headers()::contains).findFirst().orElse(null);
    }

    private boolean isOwn(HttpServerRequest request, @Nullable Origin origin) {
        if (origin == null) {
            return false;
        }
        if (published.contains(origin)) {
            return true;
        }
        HostAndPort sentTo = request.authority();
        return sentTo != null && origin.equals(Origin.of(scheme(request), sentTo.host(), sentTo.port()));
    }

    private String scheme(HttpServerRequest request) {
        if (request.isSSL() || (behindProxy && "https".equalsIgnoreCase(request.getHeader("X-Forwarded-Proto")))) {
            return "https";
        }
        return "http";
    }

    private static @Nullable Origin page(String referrer) {
        try {
            return Origin.of(new URI(referrer));
        } catch (URISyntaxException e) {
            return null;
        }
    }
}
