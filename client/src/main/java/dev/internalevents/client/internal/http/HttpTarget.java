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
 * Where requests go and how.
 *
 * @param endpoint the server and the path
 * @param headers sent with each request, beside those that every request has; those named {@code Proxy-…} are sent to an
 *     HTTP proxy alone
 * @param proxy null for what the JVM's own settings say ({@code https.proxyHost} and its kin)
 * @param tls null for the JVM's own
 * @param connectTimeout for the connection, TLS included
 */
public record HttpTarget(
        HttpEndpoint endpoint,
        Map<String, String> headers,
        @Nullable InetSocketAddress proxy,
        @Nullable SSLContext tls,
        Duration connectTimeout) {

    private static final List<String> OWN =
            List.of("host", "content-length", "content-type", "content-encoding", "connection", "transfer-encoding");

    /** @throws IllegalArgumentException for a header that would break the request, or is not the caller's to set */
    public HttpTarget {
        headers = Map.copyOf(headers);
        headers.forEach((name, value) -> {
            if (!name.matches("[!#$%&'*+.^_`|~0-9A-Za-z-]+")
                    || OWN.contains(name.toLowerCase(Locale.ROOT))
                    || value.chars().anyMatch(c -> (c < 0x20 && c != '\t') || c > 0x7e)) {
                throw new IllegalArgumentException("header \"" + name.replaceAll("[^ -~]", "?")
                        + "\": is not one that can be set; expected a name and a value of printable ASCII, and none of "
                        + OWN);
            }
        });
    }

    /** The same way to another address; what the application has set as a header is for its own server alone. */
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

    /** The ways to the target, best first: direct, or proxies. Runs the JVM's proxy selector, which may throw or block. */
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
     * The head of every request up to the length of its body.
     *
     * @param toProxy whether it is an HTTP proxy that reads it
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

    /** Asks an HTTP proxy for a tunnel to the server. */
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
