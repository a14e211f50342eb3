package dev.internalevents.collector.http;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.HostAndPort;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Checks that a request names its host exactly once and without contradiction (RFC 9112, 3.2; RFC 9113, 8.3.1). */
public final class HostHeader {

    private HostHeader() {}

    /** Returns what is wrong with a request's host, as a sentence for its sender; null if it is valid. */
    public static @Nullable String fault(HttpServerRequest request) {
        List<String> hosts = request.headers().getAll("Host");
        if (hosts.size() > 1) {
            return "The request has " + hosts.size() + " Host headers; expected one.";
        }
        HostAndPort authority = request.authority();
        if (authority == null || authority.host().isEmpty()) {
            return request.version() == HttpVersion.HTTP_1_0 && hosts.isEmpty()
                    ? null
                    : "The request has no valid Host header.";
        }
        String target = absoluteTarget(request);
        if (target != null && !target.equalsIgnoreCase(hosts.isEmpty() ? target : hosts.get(0))) {
            return "The request's address and its Host header name different hosts.";
        }
        HostAndPort pseudo = request.version() == HttpVersion.HTTP_2 ? request.authority(true) : null;
        if (pseudo != null && !hosts.isEmpty() && !hosts.get(0).equalsIgnoreCase(pseudo.toString())) {
            return "The request's :authority and its Host header name different hosts.";
        }
        return null;
    }

    /** Returns the host of a request line such as {@code GET http://host/path HTTP/1.1}; null if it has only a path. */
    private static @Nullable String absoluteTarget(HttpServerRequest request) {
        String uri = request.uri() == null ? "" : request.uri();
        if (uri.startsWith("/")) {
            return null;
        }
        String lower = uri.toLowerCase(Locale.ROOT);
        int start = lower.startsWith("http://")
                ? "http://".length()
                : lower.startsWith("https://") ? "https://".length() : 0;
        if (start == 0) {
            return null;
        }
        int end = start;
        while (end < uri.length() && "/?#".indexOf(uri.charAt(end)) < 0) {
            end++;
        }
        return uri.substring(start, end);
    }
}
