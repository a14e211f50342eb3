package dev.internalevents.client.http;

import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Where requests go and how.
 *
 * @param uri http or https, with a host
 * @param headers sent with each request, beside those that every request has
 * @param proxy null for what the JVM's own settings say ({@code https.proxyHost} and its kin)
 * @param tls null for the JVM's own
 * @param connectTimeout for the connection, TLS included
 */
public record HttpTarget(
        URI uri,
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

    boolean isSecure() {
        return "https".equalsIgnoreCase(uri.getScheme());
    }

    String host() {
        String host = uri.getHost();
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    int port() {
        return uri.getPort() >= 0 ? uri.getPort() : isSecure() ? 443 : 80;
    }

    String authority() {
        return uri.getHost() + ":" + port();
    }

    /** The way to the target: direct, or a proxy. */
    Proxy way() {
        if (proxy != null) {
            return new Proxy(Proxy.Type.HTTP, proxy);
        }
        ProxySelector selector = ProxySelector.getDefault();
        List<Proxy> ways = selector == null ? List.of() : selector.select(uri);
        return ways.isEmpty() ? Proxy.NO_PROXY : ways.get(0);
    }

    /** The head of every request up to the length of its body. */
    byte[] head(boolean wholeUri, boolean gzip) {
        StringBuilder head = new StringBuilder("POST ");
        String path = uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
        if (wholeUri) {
            head.append("http://").append(authority());
        }
        head.append(path).append(" HTTP/1.1\r\nHost: ");
        head.append(uri.getPort() >= 0 ? authority() : uri.getHost());
        head.append("\r\nContent-Type: application/json; charset=utf-8\r\n");
        if (headers.keySet().stream().noneMatch("user-agent"::equalsIgnoreCase)) {
            head.append("User-Agent: internal-events-jvm\r\n");
        }
        headers.forEach(
                (name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
        if (gzip) {
            head.append("Content-Encoding: gzip\r\n");
        }
        return head.append("Content-Length: ").toString().getBytes(StandardCharsets.US_ASCII);
    }
}
