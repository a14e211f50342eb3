package dev.internalevents.client.internal.http;

import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * The destination of requests, and how to reach it.
 *
 * @param endpoint the server and the path
 * @param headers sent with each request, in addition to the standard ones; those named {@code Proxy-…} are sent only to
 *     an HTTP proxy
 * @param proxy null for the JVM's settings ({@code https.proxyHost} and related properties)
 * @param tls null for the JVM's default
 * @param connectTimeout for connecting, including the TLS handshake
 */
public record HttpTarget(
        HttpEndpoint endpoint,
        Map<String, String> headers,
        @Nullable InetSocketAddress proxy,
        @Nullable SSLContext tls,
        Duration connectTimeout) {

    private static final List<String> OWN =
            List.of("host", "content-length", "content-type", "content-encoding", "connection", "transfer-encoding");

    /**
     * @throws IllegalArgumentException for a header that would make the request invalid, or that the caller may not set
     */
    public HttpTarget {
        headers = Map.copyOf(headers);
        headers.forEach((name, value) -> {
            if (!name.matches("[!#$%&'*+.^_`|~0-9A-Za-z-]+")
                    || OWN.contains(name.toLowerCase(Locale.ROOT))
                    || value.chars().anyMatch(c -> (c < 0x20 && c != '\t') || c > 0x7e)) {
                throw new IllegalArgumentException("header \"" + name.replaceAll("[^ -~]", "?")
                        + "\": cannot be set; expected a name and a value of printable ASCII, and a name not in "
                        + OWN);
            }
        });
    }

    /**
     * Returns this target with another address. The application's headers are removed unless the address is on the same
     * server.
     */
    HttpTarget redirectedTo(HttpEndpoint other) {
        return new HttpTarget(
                other,
                endpoint.isSameOrigin(other)
                        ? headers
                        : headers.entrySet().stream()
                                .filter(header -> isForProxies(header.getKey()))
                                .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue)),
                proxy,
                tls,
                connectTimeout);
    }

    boolean hasHeadersForServer() {
        return headers.keySet().stream().anyMatch(name -> !isForProxies(name));
    }

    /**
     * Returns the routes to the target, best first: direct, or proxies. Runs the JVM's proxy selector, which may throw
     * or block.
     */
    List<Proxy> ways() {
        if (proxy != null) {
            return List.of(new Proxy(Proxy.Type.HTTP, proxy));
        }
        ProxySelector selector = ProxySelector.getDefault();
        List<Proxy> ways = selector == null
                ? List.of()
                : selector.select(URI.create(
                        (endpoint.secure() ? "https://" : "http://") + endpoint.hostAndPort() + endpoint.path()));
        return ways == null || ways.isEmpty() ? List.of(Proxy.NO_PROXY) : ways;
    }

    /**
     * Returns the head of every request up to the length of its body.
     *
     * @param toProxy whether the request is sent to an HTTP proxy
     */
    byte[] head(boolean toProxy, boolean gzip) {
        StringBuilder head = new StringBuilder("POST ");
        String path = endpoint.path();
        if (toProxy) {
            head.append("http://").append(endpoint.hostAndPort());
        }
        head.append(path.startsWith("/") ? "" : "/").append(path).append(" HTTP/1.1\r\nHost: ");
        head.append(endpoint.port() >= 0 ? endpoint.hostAndPort() : endpoint.bracketed());
        head.append("\r\nContent-Type: application/json; charset=utf-8\r\n");
        if (headers.keySet().stream().noneMatch("user-agent"::equalsIgnoreCase)) {
            head.append("User-Agent: internal-events-jvm\r\n");
        }
        headers.forEach((name, value) -> {
            if (toProxy || !isForProxies(name)) {
                head.append(name).append(": ").append(value).append("\r\n");
            }
        });
        if (gzip) {
            head.append("Content-Encoding: gzip\r\n");
        }
        return head.append("Content-Length: ").toString().getBytes(StandardCharsets.US_ASCII);
    }

    /** Returns the CONNECT request that asks an HTTP proxy for a tunnel to the server. */
    byte[] connect() {
        StringBuilder head = new StringBuilder("CONNECT ").append(endpoint.hostAndPort());
        head.append(" HTTP/1.1\r\nHost: ").append(endpoint.hostAndPort()).append("\r\n");
        headers.forEach((name, value) -> {
            if (isForProxies(name)) {
                head.append(name).append(": ").append(value).append("\r\n");
            }
        });
        return head.append("\r\n").toString().getBytes(StandardCharsets.US_ASCII);
    }

    private static boolean isForProxies(String header) {
        return header.toLowerCase(Locale.ROOT).startsWith("proxy-");
    }
}
