package dev.internalevents.pipeline;

import dev.internalevents.protocol.Json;
import dev.internalevents.protocol.MalformedPayloadException;
import dev.internalevents.protocol.SelfDescribingJson;
import dev.internalevents.protocol.TrackerPayload;
import dev.internalevents.protocol.UnstructEvent;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds the events of some persons: those whose atomic {@code user_id}, or whose {@code user_id} or {@code global_user_id}
 * in a context or event of the schema {@code com.gitlab/gitlab_standard}, is one of their ids. What cannot be read as an
 * event is about a person if an id of that person is in its text, between characters that are neither letters nor digits.
 * Never blocks; immutable, safe for use by several threads.
 */
public final class PersonMatch {

    private static final String VENDOR = "com.gitlab";
    private static final String NAME = "gitlab_standard";
    private static final Pattern BASE64 = Pattern.compile("[A-Za-z0-9+/_-]{16,}");

    private final Persons persons;
    private final Set<String> anyId;

    public PersonMatch(Persons persons) {
        this.persons = persons;
        Set<String> all = new HashSet<>(persons.userIds());
        all.addAll(persons.globalUserIds());
        this.anyId = Set.copyOf(all);
    }

    /** The ids that are looked for. */
    public Persons persons() {
        return persons;
    }

    /**
     * An event of a request that is about one of the persons.
     *
     * @param index which of the request's events it is, from 0
     * @param key tells a second arrival of it; null if it was sent without a usable id
     */
    public record Found(int index, @Nullable EventKey key) {}

    // Events

    /** Whether a processed event is about one of the persons, as far as the event itself says it; without its request. */
    public boolean isAbout(ProcessedEvent event) {
        String user = event.atomic().text("user_id");
        if (user != null && persons.userIds().contains(user)) {
            return true;
        }
        if (event instanceof GoodEvent good) {
            UnstructEvent unstruct = good.unstruct();
            return (unstruct != null && isAbout(unstruct.event()))
                    || good.contexts().list().stream().anyMatch(this::isAbout);
        }
        FailedEvent failed = (FailedEvent) event;
        RawEvent raw = failed.raw();
        return raw == null
                ? failed.failures().stream().anyMatch(failure -> mentions(failure.message()))
                : isAbout(raw.parameters());
    }

    /** Whether an event is about one of the persons, by its parameters. */
    public boolean isAbout(TrackerPayload event) {
        String user = event.get("uid");
        return (user != null && persons.userIds().contains(user)) || hasContext(event) || isUnstruct(event);
    }

    private boolean hasContext(TrackerPayload event) {
        try {
            return event.contexts().list().stream().anyMatch(this::isAbout);
        } catch (MalformedPayloadException e) {
            return mentions(event.get("cx")) || mentions(event.get("co"));
        }
    }

    private boolean isUnstruct(TrackerPayload event) {
        try {
            UnstructEvent unstruct = event.unstructEvent();
            return unstruct != null && isAbout(unstruct.event());
        } catch (MalformedPayloadException e) {
            return mentions(event.get("ue_px")) || mentions(event.get("ue_pr"));
        }
    }

    private boolean isAbout(SelfDescribingJson json) {
        return json.schema().vendor().equals(VENDOR)
                && json.schema().name().equals(NAME)
                && json.data() instanceof Map<?, ?> data
                && (is(data.get("user_id"), persons.userIds())
                        || is(data.get("global_user_id"), persons.globalUserIds()));
    }

    private static boolean is(@Nullable Object value, Set<String> ids) {
        return value != null
                && !(value instanceof Map)
                && !(value instanceof List)
                && ids.contains(String.valueOf(value));
    }

    // Requests

    /** The events of a request that are about one of the persons; of one that cannot be split, the first stands for all. */
    public List<Found> in(CollectorPayload request) {
        List<Found> found = new ArrayList<>();
        List<?> items = null;
        for (Splitter.Part part : split(request)) {
            if (part instanceof Splitter.Event event) {
                TrackerPayload parameters = event.raw().parameters();
                if (isAbout(parameters)) {
                    found.add(new Found(event.raw().index(), EventKey.of(parameters)));
                }
                continue;
            }
            int index = ((Splitter.Broken) part).failed().index();
            items = items == null ? items(request) : items;
            String text = index < items.size() ? Json.write(items.get(index)) : text(request);
            if (mentions(text)) {
                found.add(new Found(index, null));
            }
        }
        return found;
    }

    private static List<Splitter.Part> split(CollectorPayload request) {
        try {
            return Splitter.split(request);
        } catch (RuntimeException | StackOverflowError e) {
            Failure failure = Failure.of(Failure.Step.SPLIT, "the request", "it cannot be split");
            return List.of(new Splitter.Broken(FailedEvent.unreadable(request, 0, failure)));
        }
    }

    /**
     * Returns a request in which some events are replaced by empty objects, so that the others keep their indices; null if
     * nothing would be left. Its body is not compressed any more.
     */
    public static @Nullable CollectorPayload without(CollectorPayload request, Set<Integer> indices) {
        List<?> items = request.body() == null ? List.of() : items(request);
        List<@Nullable Object> left = new ArrayList<>(items.size());
        for (int i = 0; i < items.size(); i++) {
            left.add(indices.contains(i) ? Map.of() : items.get(i));
        }
        if (left.stream().allMatch(item -> Map.of().equals(item))) {
            return null;
        }
        Map<String, @Nullable Object> envelope = new LinkedHashMap<>(envelope(request));
        envelope.put("data", left);
        return request.withContent(RequestBody.of(Json.write(envelope).getBytes(StandardCharsets.UTF_8)), null);
    }

    private static List<?> items(CollectorPayload request) {
        return envelope(request).get("data") instanceof List<?> items ? items : List.of();
    }

    /** Empty for what is not a JSON object. */
    private static Map<String, @Nullable Object> envelope(CollectorPayload request) {
        Map<String, @Nullable Object> envelope = new LinkedHashMap<>();
        RequestBody body = request.body();
        if (body != null) {
            try {
                if (Json.parse(Inflater.decode(body, request.contentEncoding())) instanceof Map<?, ?> object) {
                    object.forEach((name, value) -> envelope.put((String) name, value));
                }
            } catch (MalformedPayloadException | StackOverflowError e) {
                return envelope;
            }
        }
        return envelope;
    }

    // Texts

    private static String text(CollectorPayload request) {
        RequestBody body = request.body();
        String content = "";
        if (body != null) {
            try {
                content = new String(Inflater.decode(body, request.contentEncoding()), StandardCharsets.UTF_8);
            } catch (MalformedPayloadException e) {
                content = body.text();
            }
        }
        return Objects.requireNonNullElse(request.querystring(), "") + "\n" + content;
    }

    /** Whether an id is in a text, as it is, percent-encoded or in a piece of base64. */
    private boolean mentions(@Nullable String text) {
        if (text == null || text.isEmpty()) {
            return false;
        }
        if (hasId(text) || (text.indexOf('%') >= 0 && hasId(unescaped(text)))) {
            return true;
        }
        for (Matcher piece = BASE64.matcher(text); piece.find(); ) {
            String plain = piece.group().replace('+', '-').replace('/', '_');
            // A piece of base64 has no length of 4n + 1.
            int length = plain.length() % 4 == 1 ? plain.length() - 1 : plain.length();
            byte[] decoded = Base64.getUrlDecoder().decode(plain.substring(0, length));
            if (hasId(new String(decoded, StandardCharsets.UTF_8))) {
                return true;
            }
        }
        return false;
    }

    private static String unescaped(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return text;
        }
    }

    private boolean hasId(String text) {
        for (String id : anyId) {
            for (int at = text.indexOf(id); at >= 0; at = text.indexOf(id, at + 1)) {
                int end = at + id.length();
                boolean begins = at == 0 || !Character.isLetterOrDigit(text.codePointBefore(at));
                if (begins && (end == text.length() || !Character.isLetterOrDigit(text.codePointAt(end)))) {
                    return true;
                }
            }
        }
        return false;
    }
}
