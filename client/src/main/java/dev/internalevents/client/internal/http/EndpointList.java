package dev.internalevents.client.internal.http;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** The addresses of one or more collectors, in a setting separated by commas. */
public final class EndpointList {

    /** {@value}. */
    public static final int MAX = 16;

    private static final Pattern BEGINS_ADDRESS = Pattern.compile(
            "\\s*([A-Za-z][A-Za-z0-9+.-]*://.*|([A-Za-z0-9_.-]+|\\[[0-9A-Fa-f:.]+]):[0-9]{1,5}(?=[/,\\s]|$).*)?");

    private EndpointList() {}

    /**
     * Parses the text of a setting: URLs, or {@code host:port}, which means http. A comma within a path belongs to the
     * path, unless another address begins after it.
     *
     * @throws IllegalArgumentException if one is invalid, given twice, or there are too many; the message quotes it
     *     without credentials, and says what is wrong and what was expected
     */
    public static List<URI> parse(String text) {
        List<String> parts = split(text);
        if (parts.size() > 1) {
            if (parts.contains("")) {
                throw wrong(text, "has an empty address; expected one before and after each comma");
            } else if (text.indexOf('@') >= 0) {
                // Its parts are not quoted: a password may contain a comma.
                throw wrong(
                        text, "has an @ in it; expected addresses without user name and password, separated by commas");
            }
        }
        List<URI> endpoints = new ArrayList<>();
        for (String part : parts) {
            String address = HttpEndpoint.withScheme(part);
            HttpEndpoint ignored = HttpEndpoint.parse(address);
            endpoints.add(URI.create(address));
        }
        check(endpoints);
        return List.copyOf(endpoints);
    }

    /**
     * Checks the addresses of a client.
     *
     * @throws IllegalArgumentException as {@link #parse}, and if there are none
     */
    public static void check(List<URI> endpoints) {
        if (endpoints.isEmpty() || endpoints.size() > MAX) {
            throw new IllegalArgumentException(
                    endpoints.size() + " addresses are set; expected 1 to " + MAX + " collectors");
        }
        List<HttpEndpoint> before = new ArrayList<>();
        for (URI address : endpoints) {
            HttpEndpoint endpoint = HttpEndpoint.parse(address.toString());
            for (HttpEndpoint other : before) {
                if (endpoint.isSameOrigin(other) && path(endpoint).equals(path(other))) {
                    throw wrong(address.toString(), "is set twice; expected each collector once");
                }
            }
            before.add(endpoint);
        }
    }

    private static String path(HttpEndpoint endpoint) {
        return endpoint.path().replaceFirst("/+$", "");
    }

    private static List<String> split(String text) {
        List<String> parts = new ArrayList<>();
        int start = 0;
        for (int comma = text.indexOf(','); comma >= 0; comma = text.indexOf(',', comma + 1)) {
            String part = text.substring(start, comma).strip();
            if (!hasPath(part)
                    || BEGINS_ADDRESS.matcher(text.substring(comma + 1)).matches()) {
                parts.add(part);
                start = comma + 1;
            }
        }
        parts.add(text.substring(start).strip());
        return parts;
    }

    /** Returns whether the host has ended, so that a comma may be a part of the path. */
    private static boolean hasPath(String part) {
        String lower = part.toLowerCase(Locale.ROOT);
        int host = lower.indexOf("://");
        return part.substring(host < 0 ? 0 : host + 3).matches(".*[/?#].*");
    }

    private static IllegalArgumentException wrong(String text, String sentence) {
        return new IllegalArgumentException("\"" + HttpEndpoint.shown(text) + "\" " + sentence);
    }
}
