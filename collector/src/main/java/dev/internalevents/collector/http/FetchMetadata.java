package dev.internalevents.collector.http;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.HostAndPort;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Distinguishes programs, the collector's own pages and pages of other origins by headers that browsers add and pages
 * cannot change: {@code Sec-Fetch-Site} and the other Fetch Metadata headers, {@code Origin}, and {@code Referer}. Over
 * plain HTTP to a host other than this machine, browsers send only {@code Origin} and {@code Referer}. Thread-safe.
 */
public final class FetchMetadata {

    /** Where a request comes from. */
    public enum Site {
        /** From a program: no header of a browser is present. */
        PROGRAM,
        /** From one of the collector's own pages. */
        SAME_ORIGIN,
        /** From a person who typed the address or used a bookmark. */
        NONE,
        /** From a page of another origin. Another port of this machine and a sibling host are other origins. */
        FOREIGN
    }

    private static final List<String> OF_PAGES =
            List.of("Sec-Fetch-Site", "Origin", "Referer", "Upgrade-Insecure-Requests");

    private final Set<Origin> published;
    private final boolean behindProxy;

    /**
     * Configures the origins of the collector's own pages.
     *
     * @param published origins under which browsers reach the collector, in addition to the host that a request is sent
     *     to
     * @param behindProxy whether {@code X-Forwarded-Proto} is the scheme that the browser used
     */
    public FetchMetadata(Set<Origin> published, boolean behindProxy) {
        this.published = Set.copyOf(published);
        this.behindProxy = behindProxy;
    }

    /** Returns where a request comes from; {@link Site#FOREIGN} in doubt. */
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

    /** Returns the {@code Origin} of a request; null if there is none, more than one, or an opaque one. */
    public static @Nullable Origin origin(HttpServerRequest request) {
        List<String> origins = request.headers().getAll("Origin");
        return origins.size() == 1 ? Origin.parse(origins.get(0)) : null;
    }

    /**
     * Returns whether a request may come from a person following a link, as opposed to a page that loads, frames or
     * sends something. True if the browser sends no Fetch Metadata, because then the two cannot be distinguished.
     */
    public static boolean isNavigation(HttpServerRequest request) {
        if (request.headers().contains("Origin")) {
            return false;
        }
        String mode = request.getHeader("Sec-Fetch-Mode");
        return mode == null || (mode.equals("navigate") && "document".equals(request.getHeader("Sec-Fetch-Dest")));
    }

    /** Returns whether anything in a request suggests a browser, including its {@code User-Agent}. */
    public static boolean isBrowser(HttpServerRequest request) {
        String agent = request.getHeader("User-Agent");
        return headerOfPage(request) != null
                || (agent != null && (agent.contains("Mozilla/") || agent.contains("Opera/")));
    }

    /**
     * Returns the name of a header that browsers add to the requests of pages and programs do not send; null if there
     * is none. Every request caused by a page has one if it goes over TLS or to this machine
     * ({@link HostNames#isLoopback}), because browsers send {@code Sec-Fetch-Site} there. A request to another host
     * over plain HTTP may have none.
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
