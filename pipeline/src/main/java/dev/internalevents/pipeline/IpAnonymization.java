package dev.internalevents.pipeline;

import dev.internalevents.protocol.Json;
import dev.internalevents.protocol.MalformedPayloadException;
import dev.internalevents.protocol.PayloadData;
import dev.internalevents.protocol.QueryString;
import dev.internalevents.protocol.SelfDescribingJson;
import dev.internalevents.protocol.TrackerPayload;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Masks the sender's address in a request: in the context, in headers, and in the parameter {@code ip} of its events.
 * For an anonymous sender ({@code SP-Anonymous}) the whole address is removed; otherwise its last parts become
 * {@code x}: octets of IPv4, and twice as many groups of IPv6. Idempotent. Immutable and thread-safe.
 */
public final class IpAnonymization {

    /** Parameters that contain the network user id. */
    private static final Set<String> NETWORK_USERS = Set.of("nuid", "tnuid");

    private static final String ANONYMOUS_USER = "00000000-0000-0000-0000-000000000000";
    private static final int ALL = 4;
    private static final String PARAMETER = "ip";
    private static final String GONE = "x";

    /** An address that is already masked. */
    private static final Pattern MASKED = Pattern.compile("(?:(?:[0-9]{1,3}|x)\\.){3}x|(?:(?:[0-9a-f]{1,4}|x):){7}x");

    /** Headers, in lower case, in which proxies, load balancers and CDNs pass on the address of the sender. */
    private static final Set<String> ADDRESS_HEADERS = Set.of(
            "ali-cdn-real-ip",
            "cdn-src-ip",
            "cf-connecting-ip",
            "cf-connecting-ipv6",
            "cf-pseudo-ipv4",
            "client-ip",
            "fastly-client-ip",
            "fly-client-ip",
            "forwarded",
            "forwarded-for",
            "forwarded-for-ip",
            "http-client-ip",
            "http-x-forwarded-for",
            "incap-client-ip",
            "proxy-client-ip",
            "remote-addr",
            "remote-host",
            "remote_addr",
            "true-client-ip",
            "via",
            "wl-proxy-client-ip",
            "x-appengine-user-ip",
            "x-azure-clientip",
            "x-azure-socketip",
            "x-client-ip",
            "x-cluster-client-ip",
            "x-coming-from",
            "x-envoy-external-address",
            "x-forwarded",
            "x-forwarded-by",
            "x-forwarded-client-ip",
            "x-forwarded-for",
            "x-host-ip",
            "x-nf-client-connection-ip",
            "x-original-forwarded-for",
            "x-original-remote-addr",
            "x-originating-ip",
            "x-proxyuser-ip",
            "x-real-ip",
            "x-remote-addr",
            "x-remote-ip",
            "x-true-client-ip",
            "x-vercel-forwarded-for",
            "x-vercel-proxied-for");

    private final int parts;

    /**
     * Creates the step.
     *
     * @param parts how many parts become {@code x}, 0 to 4; 0 changes only the addresses of anonymous senders
     * @throws IllegalArgumentException if it is out of range
     */
    public IpAnonymization(int parts) {
        if (parts < 0 || parts > ALL) {
            throw new IllegalArgumentException("anonymize-ip: " + parts + " is not a number of octets from 0 to 4");
        }
        this.parts = parts;
    }

    /** Returns whether something in a request has to be masked. */
    public boolean concerns(CollectorPayload payload) {
        return parts > 0 || payload.isAnonymous();
    }

    // What the collector recorded about the sender

    /** Returns the request with the address masked in its context and headers; query string and body are unchanged. */
    public CollectorPayload sender(CollectorPayload payload) {
        boolean anonymous = payload.isAnonymous();
        if (parts == 0 && !anonymous) {
            return payload;
        }
        CollectorPayload.Context context = payload.context();
        Set<IpAddress> known = known(context);
        List<String> headers = new ArrayList<>(context.headers().size());
        for (String header : context.headers()) {
            int colon = header.indexOf(':');
            String name = colon < 0 ? "" : header.substring(0, colon).strip().toLowerCase(Locale.ROOT);
            if (!ADDRESS_HEADERS.contains(name)) {
                headers.add(name.equals("host") ? header : without(known, header, anonymous));
            } else if (!anonymous) {
                headers.add(header.substring(0, colon) + text(header.substring(colon), null, false));
            }
        }
        String address = context.ipAddress();
        String useragent = context.useragent();
        String referer = context.refererUri();
        return payload.withContext(new CollectorPayload.Context(
                context.timestamp(),
                address == null || anonymous ? null : address(address),
                useragent == null ? null : without(known, useragent, anonymous),
                referer == null ? null : without(known, referer, anonymous),
                headers,
                context.userId()));
    }

    /** Returns the addresses in the context and the forwarding headers, except loopback. */
    private static Set<IpAddress> known(CollectorPayload.Context context) {
        Set<IpAddress> known = new HashSet<>();
        String own = context.ipAddress();
        IpAddress address = own == null ? null : IpAddress.parseNode(own);
        if (address != null) {
            known.add(address);
        }
        for (String header : context.headers()) {
            int colon = header.indexOf(':');
            if (colon > 0
                    && ADDRESS_HEADERS.contains(
                            header.substring(0, colon).strip().toLowerCase(Locale.ROOT))) {
                IpLiteral literal = IpLiteral.lenient(header);
                for (int at = colon + 1; at < header.length(); ) {
                    if (literal.matchesAt(at)) {
                        known.add(new IpAddress(literal.bytes()));
                        at = literal.end();
                    } else {
                        at += literal.widthAt(at);
                    }
                }
            }
        }
        known.removeIf(IpAddress::isLoopback);
        return known;
    }

    /**
     * Masks only known addresses: a text may contain addresses of others, and version numbers that look like addresses.
     */
    private String without(Set<IpAddress> known, String text, boolean anonymous) {
        return known.isEmpty() ? text : text(text, known, anonymous);
    }

    // What the sender sent

    /**
     * Returns the part of a request that is stored with its good events: {@link #sender}, with the query string masked
     * and without the body.
     */
    CollectorPayload ofGoodEvents(CollectorPayload payload) {
        if (!concerns(payload)) {
            return payload;
        }
        CollectorPayload masked = sender(payload).withoutBody();
        String query = payload.querystring();
        return query == null ? masked : masked.withQuerystring(query(query, payload.isAnonymous()));
    }

    /**
     * Returns the whole request with the address masked, like {@link #sender}, and also in its query string and body.
     */
    public CollectorPayload request(CollectorPayload payload) {
        boolean anonymous = payload.isAnonymous();
        if (parts == 0 && !anonymous) {
            return payload;
        }
        CollectorPayload masked = sender(payload);
        try {
            return content(masked, anonymous);
        } catch (RuntimeException | StackOverflowError e) {
            // An unexpected failure must neither reveal an address nor block the events behind it.
            return masked.withoutContent();
        }
    }

    private CollectorPayload content(CollectorPayload payload, boolean anonymous) {
        String query = payload.querystring();
        CollectorPayload masked = query == null ? payload : payload.withQuerystring(query(query, anonymous));
        RequestBody body = payload.body();
        return body == null || body.isEmpty() ? masked : body(masked, body, anonymous);
    }

    /** Returns the parameters with the address masked; an anonymous sender gets the shared network user id. */
    TrackerPayload parameters(TrackerPayload event, boolean anonymous) {
        Set<String> names = event.parameters().keySet();
        if (names.stream().noneMatch(PARAMETER::equalsIgnoreCase)
                && !(anonymous && names.stream().anyMatch(NETWORK_USERS::contains))) {
            return event;
        }
        Map<String, String> masked = new LinkedHashMap<>(event.parameters());
        if (anonymous) {
            masked.keySet().removeIf(PARAMETER::equalsIgnoreCase);
            masked.replaceAll((name, value) -> NETWORK_USERS.contains(name) ? ANONYMOUS_USER : value);
        } else {
            masked.replaceAll((name, value) -> PARAMETER.equalsIgnoreCase(name) ? address(value) : value);
        }
        return new TrackerPayload(masked);
    }

    private String query(String query, boolean anonymous) {
        try {
            QueryString.parse(query);
        } catch (MalformedPayloadException e) {
            return text(query, null, anonymous);
        }
        List<String> pairs = new ArrayList<>();
        for (String pair : query.split("&", -1)) {
            Map.Entry<String, String> parameter = QueryString.parse(pair).parameters().entrySet().stream()
                    .findFirst()
                    .orElse(null);
            if (parameter == null || !PARAMETER.equalsIgnoreCase(parameter.getKey())) {
                pairs.add(pair);
            } else if (!anonymous) {
                pairs.add(parameter.getKey() + "="
                        + URLEncoder.encode(address(parameter.getValue()), StandardCharsets.UTF_8));
            }
        }
        return String.join("&", pairs);
    }

    /** Masks a body; the result is not compressed. A body that cannot be decompressed is removed. */
    private CollectorPayload body(CollectorPayload payload, RequestBody body, boolean anonymous) {
        byte[] bytes;
        String encoding = payload.contentEncoding();
        try {
            bytes = Inflater.decode(body, encoding);
            encoding = null;
        } catch (MalformedPayloadException e) {
            // Perhaps only the Content-Encoding is wrong, and the body is plain text.
            bytes = body.bytes();
        }
        for (byte one : bytes) {
            if (one == 0) {
                return payload.withContent(RequestBody.of(new byte[0]), encoding);
            }
        }
        if (encoding != null && !body.isText()) {
            return payload.withContent(RequestBody.of(new byte[0]), encoding);
        }
        byte[] json = json(bytes, anonymous);
        if (json != null) {
            return payload.withContent(RequestBody.of(json), encoding);
        }
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        String masked = text(text, null, anonymous);
        return payload.withContent(RequestBody.of(masked.getBytes(StandardCharsets.ISO_8859_1)), encoding);
    }

    /** Returns the masked body; null for a body that is not an envelope of events. */
    private byte @Nullable [] json(byte[] body, boolean anonymous) {
        try {
            SelfDescribingJson envelope = SelfDescribingJson.of(Json.parse(body), "the body");
            if (!envelope.schema().isSameSchemaAs(PayloadData.SCHEMA) || !(envelope.data() instanceof List<?> events)) {
                return null;
            }
            List<@Nullable Object> masked = new ArrayList<>(events.size());
            for (Object event : events) {
                masked.add(isFlat(event) ? event((Map<?, ?>) event, anonymous) : everywhere(event, anonymous));
            }
            Map<String, @Nullable Object> whole = new LinkedHashMap<>();
            whole.put("schema", envelope.schema().toString());
            whole.put("data", masked);
            return Json.write(whole).getBytes(StandardCharsets.UTF_8);
        } catch (MalformedPayloadException e) {
            return null;
        }
    }

    private static boolean isFlat(@Nullable Object event) {
        return event instanceof Map<?, ?> map && map.values().stream().allMatch(String.class::isInstance);
    }

    private Map<String, @Nullable Object> event(Map<?, ?> event, boolean anonymous) {
        Map<String, @Nullable Object> masked = new LinkedHashMap<>();
        event.forEach((name, value) -> {
            if (!PARAMETER.equalsIgnoreCase((String) name)) {
                masked.put((String) name, value);
            } else if (!anonymous) {
                masked.put((String) name, address((String) value));
            }
        });
        return masked;
    }

    private @Nullable Object everywhere(@Nullable Object json, boolean anonymous) {
        if (json instanceof Map<?, ?> map) {
            Map<String, @Nullable Object> masked = new LinkedHashMap<>();
            map.forEach(
                    (name, value) -> masked.put(text((String) name, null, anonymous), everywhere(value, anonymous)));
            return masked;
        }
        if (json instanceof List<?> list) {
            List<@Nullable Object> masked = new ArrayList<>();
            list.forEach(one -> masked.add(everywhere(one, anonymous)));
            return masked;
        }
        return json instanceof String string ? text(string, null, anonymous) : json;
    }

    // Addresses

    /**
     * Returns the masked form of a text that should be an address, or a list of addresses; {@code x} if it contains no
     * address. If no parts are masked, returns the text unchanged.
     */
    String address(String text) {
        if (parts == 0) {
            return text;
        }
        if (text.indexOf(',') >= 0) {
            return Stream.of(text.split(",", -1))
                    .map(String::strip)
                    .map(this::address)
                    .collect(Collectors.joining(", "));
        }
        IpAddress address = IpAddress.parseNode(text);
        if (address != null) {
            return address.masked(parts);
        }
        if (MASKED.matcher(text).matches()) {
            return again(text);
        }
        String masked = text(text, null, false);
        return masked.equals(text) && !text.isEmpty() ? GONE : masked;
    }

    private String again(String masked) {
        boolean four = masked.indexOf('.') >= 0;
        String[] pieces = masked.split(four ? "\\." : ":", -1);
        for (int i = Math.max(0, pieces.length - (four ? parts : 2 * parts)); i < pieces.length; i++) {
            pieces[i] = GONE;
        }
        return String.join(four ? "." : ":", pieces);
    }

    /** Returns a text in which all addresses are masked. */
    String text(String text, boolean anonymous) {
        return parts == 0 && !anonymous ? text : text(text, null, anonymous);
    }

    /**
     * Masks addresses in a text.
     *
     * @param only the addresses to mask; null for all
     */
    private String text(String text, @Nullable Set<IpAddress> only, boolean anonymous) {
        StringBuilder masked = null;
        IpLiteral literal = IpLiteral.lenient(text);
        int copied = 0;
        for (int at = 0; at < text.length(); ) {
            if (!literal.matchesAt(at)) {
                at += literal.widthAt(at);
                continue;
            }
            IpAddress address = new IpAddress(literal.bytes());
            if (only == null || only.contains(address)) {
                masked = masked == null ? new StringBuilder(text.length() + 16) : masked;
                masked.append(text, copied, at).append(anonymous ? GONE : address.masked(parts));
                copied = literal.end();
            }
            at = literal.end();
        }
        return masked == null
                ? text
                : masked.append(text, copied, text.length()).toString();
    }
}
