package dev.internalevents.spring.api;

import dev.internalevents.client.EventBuilder;
import dev.internalevents.client.EventContext;
import dev.internalevents.client.EventContextBuilder;
import dev.internalevents.client.InternalEventsClient;
import dev.internalevents.client.RefusedEventException;
import dev.internalevents.client.RequestTracking;
import dev.internalevents.client.Scope;
import dev.internalevents.client.VerifiedClaims;
import dev.internalevents.definitions.Dictionary;
import dev.internalevents.definitions.EventDefinition;
import dev.internalevents.definitions.check.NearestName;
import java.security.Principal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Tracks the events that signed-in users send to the application: only defined events, only for the caller, and only
 * for namespaces and projects that {@link EventApiAccess} allows. Safe for use by several threads.
 */
public final class EventApi {

    /** Maximum size of a body in bytes: {@value}. */
    public static final int MAX_BODY_BYTES = 256 * 1024;

    private static final int SHOWN = 100;
    private static final String ANONYMOUS = "org.springframework.security.authentication.AnonymousAuthenticationToken";

    private final InternalEventsClient client;
    private final Dictionary dictionary;
    private final @Nullable EventApiAccess access;
    private final EventQuota quota;

    /**
     * @param access null rejects every event with a namespace or a project
     * @param nanoTime the clock that refills users' quotas, such as {@link System#nanoTime}
     */
    public EventApi(
            InternalEventsClient client,
            Dictionary dictionary,
            @Nullable EventApiAccess access,
            int eventsPerMinute,
            LongSupplier nanoTime) {
        this.client = client;
        this.dictionary = dictionary;
        this.access = access;
        this.quota = new EventQuota(eventsPerMinute, nanoTime);
    }

    /**
     * Returns why a request is rejected regardless of its body, or null if it is not.
     *
     * @param header returns a header of the request, or null if it is missing
     * @param csrfChecked whether Spring Security checks CSRF tokens; if not, requests from pages of other origins are
     *     rejected by their headers
     */
    public @Nullable EventApiAnswer refusal(
            @Nullable Principal caller, UnaryOperator<@Nullable String> header, boolean csrfChecked) {
        if (!csrfChecked && isForeign(header)) {
            return EventApiAnswer.refused(
                    403, "the request comes from a page of another origin; only pages of this application may track");
        }
        if (caller == null || caller.getClass().getName().equals(ANONYMOUS)) {
            return EventApiAnswer.refused(401, "sign in first: events are tracked for the user who is signed in");
        }
        if (!isJson(header.apply("Content-Type"))) {
            return EventApiAnswer.refused(415, "Content-Type must be application/json");
        }
        String length = header.apply("Content-Length");
        return length != null
                        && length.length() < 19
                        && length.matches("\\d+")
                        && Long.parseLong(length) > MAX_BODY_BYTES
                ? tooLarge()
                : null;
    }

    /** Returns the answer to a body that is too large. */
    public static EventApiAnswer tooLarge() {
        return EventApiAnswer.refused(413, "the body has more than " + MAX_BODY_BYTES + " bytes; send fewer events");
    }

    /** Returns whether a media type is {@code application/json}, with or without parameters. */
    private static boolean isJson(@Nullable String type) {
        return type != null && type.split(";", 2)[0].strip().equalsIgnoreCase("application/json");
    }

    private static boolean isForeign(UnaryOperator<@Nullable String> header) {
        String authorization = header.apply("Authorization");
        if (authorization != null && authorization.regionMatches(true, 0, "Bearer ", 0, 7)) {
            // Browsers never add that header by themselves.
            return false;
        }
        String site = header.apply("Sec-Fetch-Site");
        if (site != null) {
            return !site.equals("same-origin") && !site.equals("none");
        }
        String origin = header.apply("Origin");
        String host = header.apply("Host");
        return origin != null && (host == null || !isSameOrigin(origin, host));
    }

    /**
     * Returns whether an {@code Origin} names the host of a {@code Host} header. The port of either may be omitted if
     * it is the default of the origin's scheme. The scheme itself is not compared: behind a proxy, the application does
     * not know its own.
     */
    private static boolean isSameOrigin(String origin, String host) {
        String lower = origin.toLowerCase(Locale.ROOT);
        String authority = lower.replaceFirst("^https?://", "");
        if (authority.equals(lower)) {
            // No page of this application: another scheme, or "null".
            return false;
        }
        String defaultPort = lower.startsWith("https://") ? ":443" : ":80";
        return withoutPort(authority, defaultPort)
                .equals(withoutPort(host.strip().toLowerCase(Locale.ROOT), defaultPort));
    }

    private static String withoutPort(String authority, String port) {
        return authority.endsWith(port) ? authority.substring(0, authority.length() - port.length()) : authority;
    }

    /**
     * Tracks all events of a body, or none if this method rejects one of them. A strict check of definitions, as in
     * development, rejects single events.
     *
     * @param request null outside of a request's context. Of its fields that headers can set, events get only the
     *     environment, the source, the time and the correlation id
     */
    public EventApiAnswer track(Principal caller, byte[] body, @Nullable RequestTracking request) {
        List<EventRequest> events;
        try {
            events = EventRequest.read(body);
        } catch (EventRequest.WrongBodyException e) {
            return EventApiAnswer.refused(400, String.valueOf(e.getMessage()));
        }
        for (EventRequest event : events) {
            if (dictionary.event(event.event()).isEmpty() && !dictionary.isLeftOut(event.event())) {
                return EventApiAnswer.refused(400, undefined(event.event()));
            }
        }
        long wait = quota.take(String.valueOf(caller.getName()), events.size());
        if (wait > 0) {
            return EventApiAnswer.refused(429, "too many events from this user; try again in " + wait + " seconds")
                    .retryAfter(wait);
        }
        for (EventRequest event : events) {
            EventApiAnswer refusal = refusal(caller, event);
            if (refusal != null) {
                return refusal;
            }
        }
        if (request == null) {
            return track(caller, events);
        }
        try (Scope scope = request.with(trusted(request)).makeCurrent()) {
            return track(caller, events);
        }
    }

    private String undefined(String name) {
        String shown = name.length() > SHOWN ? name.substring(0, SHOWN) + "…" : name;
        List<String> names =
                dictionary.events().stream().map(EventDefinition::action).toList();
        return "the event \"" + shown + "\" is not defined" + (shown.equals(name) ? NearestName.hint(name, names) : "");
    }

    private @Nullable EventApiAnswer refusal(Principal caller, EventRequest event) {
        Long namespace = event.namespaceId();
        Long project = event.projectId();
        if (namespace == null && project == null) {
            return null;
        }
        EventApiAccess known = access;
        if (known == null) {
            return EventApiAnswer.refused(
                    403,
                    "namespace_id and project_id are not accepted: this application has no EventApiAccess bean to check them");
        }
        return known.mayTrack(caller, namespace, project)
                ? null
                : EventApiAnswer.refused(403, "this user may not track events of this namespace_id and project_id");
    }

    /** Returns the context without the fields that a header could set to another user, project or namespace. */
    private static EventContext trusted(RequestTracking request) {
        EventContext received = request.context();
        VerifiedClaims claims = request.claims();
        EventContextBuilder context = EventContext.builder()
                .environment(received.environment())
                .source(received.source())
                .contextGeneratedAt(received.contextGeneratedAt())
                .correlationId(received.correlationId());
        if (claims != null) {
            context.verified(claims);
        }
        return context.build();
    }

    private EventApiAnswer track(Principal caller, List<EventRequest> events) {
        Object user = access == null ? caller.getName() : access.userId(caller);
        List<String> refused = new ArrayList<>(0);
        for (EventRequest event : events) {
            EventBuilder builder = client.event(event.event())
                    .user(user)
                    .namespace(event.namespaceId())
                    .project(event.projectId())
                    .delivery(event.sendToSnowplow());
            event.properties().forEach((key, value) -> builder.put((String) key, value));
            try {
                builder.track();
            } catch (RefusedEventException e) {
                // Thrown by the strict check of definitions, in development.
                refused.add(String.valueOf(e.getMessage()));
            }
        }
        return refused.isEmpty()
                ? EventApiAnswer.OK
                : EventApiAnswer.refused(400, String.join("; ", refused) + "; the other events were tracked");
    }
}
