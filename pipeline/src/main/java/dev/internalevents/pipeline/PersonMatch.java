package dev.internalevents.pipeline;

import dev.internalevents.pipeline.adapter.Adapters;
import dev.internalevents.pipeline.adapter.RedirectHosts;
import dev.internalevents.protocol.Base64Text;
import dev.internalevents.protocol.Json;
import dev.internalevents.protocol.MalformedPayloadException;
import dev.internalevents.protocol.PayloadData;
import dev.internalevents.protocol.QueryString;
import dev.internalevents.protocol.SelfDescribingJson;
import dev.internalevents.protocol.TrackerPayload;
import dev.internalevents.protocol.UnstructEvent;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds the events of given persons: events with one of their ids in the atomic field {@code user_id}, or in
 * {@code user_id} or {@code global_user_id} of a context or event with the schema {@code com.gitlab/gitlab_standard}.
 * Numbers are compared by value. Failed events did not pass a schema and may have an id anywhere, so everything that
 * was sent is searched, through its encodings; an id matches where no letter or digit is directly before or after it.
 * Ids of fewer than {@value #MIN_CHARS} characters would match most events by chance, so outside the usual fields they
 * are searched for only in texts that cannot be read as an event.
 *
 * <p>The time does not depend on the number of ids. Never blocks. Immutable and thread-safe.
 */
public final class PersonMatch {

    /** The {@link Found#index} of a match outside of the request's events. */
    public static final int BESIDE_EVENTS = -1;

    static final int MIN_CHARS = 4;

    private static final String SCHEMA = "iglu:com.gitlab/gitlab_standard/";
    private static final String VENDOR = "com.gitlab";
    private static final String NAME = "gitlab_standard";

    /** Also splits requests that the pipeline may have rejected as a whole. */
    private static final Splitter LENIENT = new Splitter(true, RedirectHosts.NONE);

    private static final Splitter STRICT = new Splitter(false, RedirectHosts.NONE);

    private final Persons persons;
    private final IdSearch users;
    private final IdSearch globalUsers;
    private final IdSearch all;
    private final IdSearch longOnes;

    public PersonMatch(Persons persons) {
        this.persons = persons;
        this.users = new IdSearch(persons.userIds());
        this.globalUsers = new IdSearch(persons.globalUserIds());
        Set<String> ids = new HashSet<>(persons.userIds());
        ids.addAll(persons.globalUserIds());
        this.all = new IdSearch(ids);
        this.longOnes =
                new IdSearch(ids.stream().filter(id -> id.length() >= MIN_CHARS).toList());
    }

    /** Returns whether one of the ids is a number, which could be written in another way. */
    public boolean hasNumbers() {
        return all.hasNumbers();
    }

    /** Returns the persons to find. */
    public Persons persons() {
        return persons;
    }

    /**
     * An event of a request that is about one of the persons.
     *
     * @param index the event's index in its request, from 0; {@link #BESIDE_EVENTS} for a match outside of the events
     * @param key recognizes the event when it arrives again; null if it was sent without a usable id
     * @param isCertain whether the id is in a field for ids, not elsewhere in what was sent
     */
    public record Found(int index, @Nullable EventKey key, boolean isCertain) {}

    // Events

    /** Returns whether a processed event is about one of the persons, judged by the event alone, not its request. */
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
        if (raw != null) {
            Map<String, String> parameters = raw.parameters().parameters();
            if (parameters.entrySet().stream().anyMatch(one -> isAbout(one.getKey(), one.getValue()))
                    || parameters.entrySet().stream()
                            .anyMatch(one -> isIn(one.getKey(), longOnes) || isIn(one.getValue(), longOnes))) {
                return true;
            }
        }
        return failed.failures().stream().anyMatch(failure -> isIn(failure.message(), longOnes));
    }

    private boolean isAbout(SelfDescribingJson json) {
        return json.schema().vendor().equals(VENDOR)
                && json.schema().name().equals(NAME)
                && json.data() instanceof Map<?, ?> data
                && (is(data.get("user_id"), persons.userIds(), users)
                        || is(data.get("global_user_id"), persons.globalUserIds(), globalUsers));
    }

    private static boolean is(@Nullable Object value, Set<String> ids, IdSearch search) {
        return value != null
                && !(value instanceof Map)
                && !(value instanceof Collection)
                && (ids.contains(String.valueOf(value)) || (value instanceof Number number && search.hasValue(number)));
    }

    /** Returns whether the value of a field for user ids is one of the ids; numbers are compared by value. */
    public boolean isUser(@Nullable Object value) {
        return is(value, persons.userIds(), users);
    }

    /** Returns whether the value of a field for global user ids is one of the ids; numbers are compared by value. */
    public boolean isGlobalUser(@Nullable Object value) {
        return is(value, persons.globalUserIds(), globalUsers);
    }

    /** Returns whether a text of a failed event contains one of the ids, also in an encoding. */
    public boolean isMentioned(String text) {
        return isIn(text, longOnes);
    }

    /** Returns whether a parameter has an id in a field for ids, whether or not it passes a schema. */
    private boolean isAbout(String parameter, String value) {
        try {
            return switch (parameter) {
                case "uid" -> persons.userIds().contains(value);
                case "co", "ue_pr" -> hasStandard(Json.parse(value));
                case "cx", "ue_px" -> hasStandard(Json.parse(Base64Text.decode(value)));
                default -> false;
            };
        } catch (IllegalArgumentException | MalformedPayloadException e) {
            return isIn(value, all);
        }
    }

    /** Returns whether data of the schema with one of the ids is anywhere inside. */
    private boolean hasStandard(@Nullable Object json) {
        if (json instanceof Map<?, ?> object) {
            return (object.get("schema") instanceof String schema
                            && schema.startsWith(SCHEMA)
                            && hasField(object.get("data")))
                    || object.values().stream().anyMatch(value -> hasStandard(value));
        }
        return json instanceof List<?> list && list.stream().anyMatch(value -> hasStandard(value));
    }

    private boolean hasField(@Nullable Object data) {
        if (data instanceof Map<?, ?> object) {
            return hasValue(object.get("user_id"), persons.userIds(), users)
                    || hasValue(object.get("global_user_id"), persons.globalUserIds(), globalUsers)
                    || object.values().stream().anyMatch(this::hasField);
        }
        return data instanceof List<?> list && list.stream().anyMatch(this::hasField);
    }

    private static boolean hasValue(@Nullable Object value, Set<String> ids, IdSearch search) {
        if (value instanceof Map<?, ?> object) {
            return object.values().stream().anyMatch(one -> hasValue(one, ids, search));
        }
        return value instanceof List<?> list
                ? list.stream().anyMatch(one -> hasValue(one, ids, search))
                : is(value, ids, search);
    }

    // Requests

    /**
     * Returns the events of a request that are, or could be, about one of the persons. If a request cannot be split,
     * the first event stands for all.
     */
    public List<Found> in(CollectorPayload request) {
        List<Splitter.Part> parts = split(LENIENT, request);
        if (isBroken(parts)) {
            return isAnywhereIn(request) ? List.of(new Found(0, null, true)) : List.of();
        }
        List<Found> found = isTrackers(request) ? inTrackers(request, parts) : inOthers(request, parts);
        if (!found.isEmpty() && found.get(0).index() != 0 && isBroken(split(STRICT, request))) {
            // The pipeline may have stored the whole request as one failed event, with index 0.
            found.add(0, new Found(0, null, true));
        }
        return found;
    }

    private static boolean isBroken(List<Splitter.Part> parts) {
        return parts.size() == 1 && parts.get(0) instanceof Splitter.Broken;
    }

    private static boolean isTrackers(CollectorPayload request) {
        return Adapters.isTracker(request.api().vendor(), request.api().version());
    }

    private List<Found> inTrackers(CollectorPayload request, List<Splitter.Part> parts) {
        Body body = request.body() == null ? null : Body.of(request);
        // The query parameters apply to each event of the body.
        boolean queryIsCertain = body != null && request.querystring() != null && isAboutQuery(request.querystring());
        List<String> texts =
                body == null ? List.of(Objects.requireNonNullElse(request.querystring(), "")) : body.items();
        List<Found> found = new ArrayList<>();
        for (int i = 0; i < parts.size(); i++) {
            String text = i < texts.size() ? texts.get(i) : "";
            TrackerPayload event =
                    parts.get(i) instanceof Splitter.Event read ? read.raw().parameters() : null;
            boolean certain = queryIsCertain
                    || (event == null ? isIn(text, all) : (body == null ? isAboutQuery(text) : isAboutObject(text)));
            if (certain || isIn(text, longOnes)) {
                found.add(new Found(i, event == null ? null : EventKey.of(event), certain));
            }
        }
        if (body != null && (isIn(body.beside(), longOnes) || isInQuery(request, longOnes))) {
            found.add(new Found(BESIDE_EVENTS, null, false));
        }
        return found;
    }

    /** Searches parameters, because the adapter made them from the request. */
    private List<Found> inOthers(CollectorPayload request, List<Splitter.Part> parts) {
        List<Found> found = new ArrayList<>();
        for (int i = 0; i < parts.size(); i++) {
            if (parts.get(i) instanceof Splitter.Event read) {
                TrackerPayload event = read.raw().parameters();
                boolean certain =
                        event.parameters().entrySet().stream().anyMatch(one -> isAbout(one.getKey(), one.getValue()));
                if (certain || event.parameters().values().stream().anyMatch(value -> isIn(value, longOnes))) {
                    found.add(new Found(i, EventKey.of(event), certain));
                }
            } else if (isAnywhereIn(request)) {
                found.add(new Found(i, null, true));
            }
        }
        if (found.isEmpty() && isAnywhereIn(request, longOnes)) {
            found.add(new Found(BESIDE_EVENTS, null, false));
        }
        return found;
    }

    private static List<Splitter.Part> split(Splitter splitter, CollectorPayload request) {
        try {
            return splitter.split(request);
        } catch (RuntimeException | StackOverflowError e) {
            Failure failure = Failure.of(Failure.Step.SPLIT, "the request", "it cannot be split");
            return List.of(new Splitter.Broken(FailedEvent.unreadable(request, 0, failure)));
        }
    }

    /** Checks each parameter, even one that is hidden by another of the same name. */
    private boolean isAboutObject(String item) {
        return JsonParts.members(item).stream().anyMatch(one -> isAbout(one.name(), one.text()));
    }

    private boolean isAboutQuery(String query) {
        for (String pair : query.split("&", -1)) {
            for (Map.Entry<String, String> one :
                    QueryString.parse(pair).parameters().entrySet()) {
                if (isAbout(one.getKey(), one.getValue())) {
                    return true;
                }
            }
        }
        return false;
    }

    private boolean isAnywhereIn(CollectorPayload request) {
        return isAnywhereIn(request, all);
    }

    private static boolean isAnywhereIn(CollectorPayload request, IdSearch ids) {
        RequestBody body = request.body();
        return isInQuery(request, ids)
                || (body != null && TextForms.anyMatch(Inflater.beginning(body, request.contentEncoding()), ids::isIn));
    }

    private static boolean isInQuery(CollectorPayload request, IdSearch ids) {
        return isIn(Objects.requireNonNullElse(request.querystring(), ""), ids);
    }

    private static boolean isIn(String text, IdSearch ids) {
        return TextForms.anyMatch(text, ids::isIn);
    }

    /**
     * Returns a copy of a request without some events. They are replaced by empty objects, so that the others keep
     * their indices; everything in the body besides events is removed, and it is no longer compressed. Returns null if
     * nothing would be left.
     *
     * @param indices the events to remove; {@link #BESIDE_EVENTS} also removes the query string
     */
    public static @Nullable CollectorPayload without(CollectorPayload request, Set<Integer> indices) {
        boolean trackers = isTrackers(request);
        if (request.body() == null || (!trackers && indices.contains(BESIDE_EVENTS))) {
            return null;
        }
        List<String> items = trackers ? Body.of(request).items() : JsonParts.elements(Body.text(request));
        List<String> left = new ArrayList<>(items.size());
        for (int i = 0; i < items.size(); i++) {
            left.add(indices.contains(i) ? "{}" : items.get(i));
        }
        if (left.stream().allMatch(item -> JsonParts.members(item).isEmpty())) {
            return null;
        }
        String array = "[" + String.join(",", left) + "]";
        String body = trackers ? "{\"schema\":\"" + PayloadData.SCHEMA + "\",\"data\":" + array + "}" : array;
        CollectorPayload result = request.withPlainBody(RequestBody.of(body.getBytes(StandardCharsets.UTF_8)));
        return indices.contains(BESIDE_EVENTS) ? result.withoutQuerystring() : result;
    }

    /**
     * A body split into events and the rest.
     *
     * @param items the texts of its events
     * @param beside the texts of everything else
     */
    private record Body(List<String> items, String beside) {

        /** Returns the decompressed body; empty if it cannot be decompressed. */
        static String text(CollectorPayload request) {
            RequestBody body = Objects.requireNonNull(request.body());
            try {
                return new String(Inflater.decode(body, request.contentEncoding()), StandardCharsets.UTF_8);
            } catch (MalformedPayloadException e) {
                return "";
            }
        }

        static Body of(CollectorPayload request) {
            String json = text(request);
            List<JsonParts.Member> members = JsonParts.members(json);
            int data = members.size() - 1;
            while (data >= 0 && !members.get(data).name().equals("data")) {
                data--;
            }
            StringBuilder beside = new StringBuilder();
            for (int i = 0; i < members.size(); i++) {
                JsonParts.Member member = members.get(i);
                beside.append(member.name()).append('\n');
                if (i != data) {
                    beside.append(member.value()).append('\n');
                }
            }
            return new Body(
                    data < 0 ? List.of() : JsonParts.elements(members.get(data).value()), beside.toString());
        }
    }
}
