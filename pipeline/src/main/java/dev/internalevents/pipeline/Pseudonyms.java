package dev.internalevents.pipeline;

import dev.internalevents.protocol.Contexts;
import dev.internalevents.protocol.Json;
import dev.internalevents.protocol.SelfDescribingJson;
import dev.internalevents.protocol.TrackerPayload;
import dev.internalevents.protocol.UnstructEvent;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Replaces values that identify a person or a project with a keyed hash (HMAC-SHA-256, the first 128 bits). Equal
 * values get equal hashes, so they can still be counted, but not be identified without the key. Covers every part of an
 * event that is stored or shown: atomic fields, contexts, parameters, request.
 */
final class Pseudonyms implements Enrichment {

    private static final int MIN_KEY_BYTES = 16;
    private static final int HASH_BYTES = 16;

    /** First path segments of GitLab URLs that belong to the product, not to a namespace. */
    private static final Set<String> ROUTES = Set.of(
            "-",
            "admin",
            "api",
            "assets",
            "dashboard",
            "explore",
            "groups",
            "help",
            "import",
            "oauth",
            "profile",
            "projects",
            "search",
            "users");

    private final SecretKeySpec key;
    private final ThreadLocal<Mac> mac;
    private final boolean urls;
    private final Set<String> identifiers;

    /** @throws IllegalArgumentException if the key is too short to be secret */
    Pseudonyms(PseudonymSettings settings) {
        byte[] secret = settings.key().getBytes(StandardCharsets.UTF_8);
        if (secret.length < MIN_KEY_BYTES) {
            throw new IllegalArgumentException("pseudonym-key: it has " + secret.length + " bytes, expected "
                    + MIN_KEY_BYTES + " or more, for example from: openssl rand -hex 32");
        }
        this.key = new SecretKeySpec(secret, "HmacSHA256");
        this.mac = ThreadLocal.withInitial(this::newMac);
        this.urls = settings.fields().contains(PseudonymSettings.Field.URLS);
        this.identifiers = settings.fields().stream()
                .filter(field -> field != PseudonymSettings.Field.URLS)
                .map(PseudonymSettings.Field::key)
                .collect(Collectors.toUnmodifiableSet());
    }

    @Override
    public void enrich(EventDraft event) {
        if (identifiers.contains("user_id")) {
            replace(event.atomic, "user_id");
        }
        if (urls) {
            for (String address : List.of("page_url", "page_referrer")) {
                String url = event.atomic.text(address);
                if (url != null) {
                    event.atomic.set(address, url(url));
                }
            }
            for (String path : List.of("page_urlpath", "refr_urlpath")) {
                String text = event.atomic.text(path);
                if (text != null) {
                    event.atomic.set(path, path(text));
                }
            }
        }
        event.contexts = new Contexts(
                event.contexts.list().stream().map(this::identifiers).toList());
        UnstructEvent unstruct = event.unstruct;
        if (unstruct != null) {
            event.unstruct = new UnstructEvent(identifiers(unstruct.event()));
        }
        event.raw = new RawEvent(request(event.raw.payload()), parameters(event), event.raw.index());
    }

    /**
     * Returns a request without query string, body and referrer, which may identify a person. The raw request keeps
     * them for retries.
     */
    CollectorPayload request(CollectorPayload payload) {
        return payload.withoutContent();
    }

    String pseudonym(String value) {
        byte[] hash = mac.get().doFinal(value.getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().formatHex(Arrays.copyOf(hash, HASH_BYTES));
    }

    /** Returns whether the value at a JSON pointer in a context or self-describing event is replaced. */
    boolean replaces(String pointer) {
        return Arrays.stream(pointer.split("/", -1)).anyMatch(identifiers::contains);
    }

    private void replace(AtomicValues atomic, String field) {
        String value = atomic.text(field);
        if (value != null) {
            atomic.set(field, pseudonym(value));
        }
    }

    private SelfDescribingJson identifiers(SelfDescribingJson json) {
        if (!(json.data() instanceof Map<?, ?> data) || data.keySet().stream().noneMatch(identifiers::contains)) {
            return json;
        }
        Map<String, @Nullable Object> replaced = new LinkedHashMap<>();
        data.forEach((name, value) -> replaced.put(
                (String) name, value != null && identifiers.contains(name) ? pseudonym(Persons.text(value)) : value));
        return new SelfDescribingJson(json.schema(), Json.immutable(replaced));
    }

    private TrackerPayload parameters(EventDraft event) {
        Map<String, String> parameters =
                new LinkedHashMap<>(event.raw.parameters().parameters());
        if (identifiers.contains("user_id")) {
            parameters.computeIfPresent("uid", (name, value) -> pseudonym(value));
        }
        if (urls) {
            parameters.computeIfPresent("url", (name, value) -> url(value));
            parameters.computeIfPresent("refr", (name, value) -> url(value));
        }
        boolean contexts = parameters.keySet().removeAll(List.of("cx", "co"));
        boolean unstruct = parameters.keySet().removeAll(List.of("ue_px", "ue_pr"));
        if (contexts && !event.contexts.isEmpty()) {
            parameters.put("co", Json.write(event.contexts.toMap()));
        }
        UnstructEvent selfDescribing = event.unstruct;
        if (unstruct && selfDescribing != null) {
            parameters.put(
                    "ue_pr",
                    Json.write(new SelfDescribingJson(
                                    UnstructEvent.SCHEMA,
                                    Json.immutable(selfDescribing.event().toMap()))
                            .toMap()));
        }
        return new TrackerPayload(parameters);
    }

    /**
     * Returns a URL with the names in its path replaced; a text that is not a valid absolute URL is hashed as a whole.
     */
    String url(String text) {
        try {
            UrlParts parts = UrlParts.of(text);
            String whole = parts.url();
            String path = parts.path();
            if (parts.scheme() == null || parts.host() == null) {
                return pseudonym(text);
            }
            int from = path == null ? -1 : whole.indexOf(path, whole.indexOf("//") + 2);
            return path == null || from < 0
                    ? whole
                    : whole.substring(0, from) + path(path) + whole.substring(from + path.length());
        } catch (URISyntaxException e) {
            return pseudonym(text);
        }
    }

    /**
     * Replaces the segments before {@code /-/}, which are namespaces and project; without it, every segment could be
     * one.
     */
    private String path(String path) {
        String[] segments = path.split("/", -1);
        boolean first = true;
        for (int i = 0; i < segments.length; i++) {
            String segment = segments[i];
            if (segment.equals("-")) {
                break;
            }
            if (!segment.isEmpty()) {
                if (!first || !ROUTES.contains(segment)) {
                    segments[i] = pseudonym(UrlParts.unescape(segment));
                }
                first = false;
            }
        }
        return String.join("/", segments);
    }

    private Mac newMac() {
        try {
            Mac created = Mac.getInstance("HmacSHA256");
            created.init(key);
            return created;
        } catch (NoSuchAlgorithmException | InvalidKeyException e) {
            throw new IllegalStateException("every JDK has HmacSHA256", e);
        }
    }
}
