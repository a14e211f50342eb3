package dev.internalevents.client;

import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Builds the context of a request from its {@code X-Gitlab-…} headers and the claims of its verified token. Never
 * throws. A header that cannot be read as its field's type, or that has more than {@value #MAX_HEADER_LENGTH}
 * characters, leaves the field out; lists of namespaces and the tracking context may have {@value #MAX_LIST_LENGTH}.
 * Values left out or cut are counted in {@link InternalEventsClient#cutValues()} and logged once, without the value.
 * Safe for use by several threads.
 */
public final class EventContextFactory {

    /** Maximum length of a header value; longer ones are left out: {@value} characters. */
    public static final int MAX_HEADER_LENGTH = 1_000;

    /**
     * Maximum length of a list of namespaces, which is read up to here, and of a tracking context, which is left out if
     * it is longer: {@value} characters.
     */
    public static final int MAX_LIST_LENGTH = 4_096;

    /** The header with the request's id: {@value}. */
    public static final String REQUEST_ID = "X-Request-ID";

    private static final int MAX_CORRELATION_ID = 64;
    private static final String REALM = "X-Gitlab-Realm";
    private static final String USER_ID = "X-Gitlab-User-Id";
    private static final String ROOT_NAMESPACE_ID = "X-Gitlab-Root-Namespace-Id";
    private static final String NAMESPACE_IDS = "X-Gitlab-Feature-Enabled-By-Namespace-Ids";
    private static final String DUO_PRO_NAMESPACE_IDS = "X-Gitlab-Saas-Duo-Pro-Namespace-Ids";
    private static final String TRACKING_CONTEXT = "X-Gitlab-Tracking-Context";
    private static final String TRACE_ID = "trace_id";

    /** A header whose value is read as the type of its field. */
    private record TypedHeader(String name, ContextField field) {}

    private static final TypedHeader[] TYPED_HEADERS = {
        new TypedHeader("X-Gitlab-Instance-Id", ContextField.INSTANCE_ID),
        new TypedHeader("X-Gitlab-Host-Name", ContextField.HOST_NAME),
        new TypedHeader("X-Gitlab-Version", ContextField.INSTANCE_VERSION),
        new TypedHeader("X-Gitlab-Global-User-Id", ContextField.GLOBAL_USER_ID),
        new TypedHeader("X-Gitlab-Subject-Type", ContextField.USER_TYPE),
        new TypedHeader("X-Gitlab-Is-Team-Member", ContextField.GITLAB_TEAM_MEMBER),
        new TypedHeader("X-Gitlab-Client-Type", ContextField.CLIENT_TYPE),
        new TypedHeader("X-Gitlab-Client-Name", ContextField.CLIENT_NAME),
        new TypedHeader("X-Gitlab-Client-Version", ContextField.CLIENT_VERSION),
        new TypedHeader("X-Gitlab-Interface", ContextField.CLIENT_INTERFACE),
        new TypedHeader("X-Gitlab-Project-Id", ContextField.PROJECT_ID),
        new TypedHeader("X-Gitlab-Namespace-Id", ContextField.NAMESPACE_ID),
        new TypedHeader("X-Gitlab-Organization-Id", ContextField.ORGANIZATION_ID),
        new TypedHeader("X-Gitlab-Feature-Enablement-Type", ContextField.FEATURE_ENABLEMENT_TYPE),
        new TypedHeader("X-Gitlab-Deployment-Type", ContextField.DEPLOYMENT_TYPE)
    };

    /** The headers that {@link #fromHeaders} reads. */
    private static final List<String> HEADERS = Stream.concat(
                    Stream.of(TYPED_HEADERS).map(TypedHeader::name),
                    Stream.of(
                            REALM,
                            USER_ID,
                            ROOT_NAMESPACE_ID,
                            NAMESPACE_IDS,
                            DUO_PRO_NAMESPACE_IDS,
                            TRACKING_CONTEXT,
                            REQUEST_ID))
            .toList();

    private final String environment;
    private final @Nullable String source;
    private final Clock clock;

    /**
     * Creates a factory for one application.
     *
     * @param environment for example {@code production}
     * @param source the application, for example {@code ai-gateway-java}; null leaves it out
     */
    public EventContextFactory(String environment, @Nullable String source) {
        this(environment, source, Clock.systemUTC());
    }

    EventContextFactory(String environment, @Nullable String source, Clock clock) {
        this.environment = environment;
        this.source = source;
        this.clock = clock;
    }

    /** Returns the names of the headers that {@link #fromHeaders} reads, spelled as it passes them. Immutable. */
    public static List<String> headers() {
        return HEADERS;
    }

    /**
     * Returns the context of one request. Its correlation id is that of the header {@value #REQUEST_ID}, or else the id
     * of the current trace, or else a new one; see {@link #correlationId}. The id of the trace that is current on the
     * calling thread is also {@code trace_id} in {@link EventContext#extra()}; see {@link TraceSource}.
     *
     * @param header returns the value of a header by its case-insensitive name, or null; called once for each name
     * @param claims the claims of the caller's verified token, which take precedence over headers; null if the request
     *     has none
     */
    public EventContext fromHeaders(Function<String, @Nullable String> header, @Nullable VerifiedClaims claims) {
        RequestHeaders headers = new RequestHeaders(header);
        String trace = CurrentTrace.id();
        EventContextBuilder context = EventContext.builder()
                .environment(environment)
                .source(source)
                .featureEnabledByNamespaceIds(namespaces(headers))
                .contextGeneratedAt(clock.instant().truncatedTo(ChronoUnit.MICROS))
                .correlationId(correlationId(header.apply(REQUEST_ID), trace));
        for (TypedHeader typed : TYPED_HEADERS) {
            context.set(typed.field(), headers.typed(typed.field(), typed.name()));
        }
        extra(context, headers.object("extra", TRACKING_CONTEXT), trace);
        user(context, headers.text("user_id", USER_ID));
        realm(context, headers, claims);
        return context.build();
    }

    /**
     * Returns the id of a request: the given one if it is 1 to {@value #MAX_CORRELATION_ID} visible ASCII characters,
     * otherwise a new one of 32 hexadecimal digits. It is safe to write into a header or a log line. A given id that is
     * not usable is counted in {@link InternalEventsClient#cutValues()}.
     *
     * @param given the value of the header {@value #REQUEST_ID}; null if there is none
     */
    public static String correlationId(@Nullable String given) {
        return correlationId(given, null);
    }

    /** Without a usable id, the request has the id of its trace. */
    private static String correlationId(@Nullable String given, @Nullable String trace) {
        if (given != null) {
            String id = given.strip();
            if (isVisible(id)) {
                return id;
            } else if (!id.isEmpty()) {
                RequestHeaders.note(
                        "correlation_id",
                        REQUEST_ID,
                        "not 1 to " + MAX_CORRELATION_ID + " visible ASCII characters, so another id replaces it");
            }
        }
        if (trace != null) {
            return trace;
        }
        ThreadLocalRandom random = ThreadLocalRandom.current();
        HexFormat hex = HexFormat.of();
        return hex.toHexDigits(random.nextLong()) + hex.toHexDigits(random.nextLong());
    }

    static boolean isVisible(String id) {
        int length = id.length();
        if (length == 0 || length > MAX_CORRELATION_ID) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (id.charAt(i) <= ' ' || id.charAt(i) > '~') {
                return false;
            }
        }
        return true;
    }

    /** The service's own trace takes precedence over a {@code trace_id} that the caller sent. */
    private static void extra(EventContextBuilder context, @Nullable Map<String, Object> sent, @Nullable String trace) {
        if (trace == null) {
            if (sent != null) {
                context.extra(sent);
            }
            return;
        }
        Map<String, Object> extra = new LinkedHashMap<>();
        extra.put(TRACE_ID, trace);
        if (sent != null) {
            sent.forEach((key, value) -> {
                if (!key.equals(TRACE_ID)) {
                    extra.put(key, value);
                }
            });
        }
        context.extra(extra);
        if (sent != null && context.build().extra().isEmpty()) {
            // Both together exceed the limit; the caller's own values take precedence then.
            context.extra(sent);
        }
    }

    private static List<Long> namespaces(RequestHeaders headers) {
        String field = ContextField.FEATURE_ENABLED_BY_NAMESPACE_IDS.wireName();
        List<Long> namespaces = headers.ids(field, NAMESPACE_IDS);
        return namespaces.isEmpty() ? headers.ids(field, DUO_PRO_NAMESPACE_IDS) : namespaces;
    }

    private static void user(EventContextBuilder context, @Nullable String userId) {
        Long number = userId == null ? null : RequestHeaders.wholeNumber(userId);
        if (number == null) {
            context.userId(userId);
        } else {
            context.userId(number);
        }
    }

    /** With claims, the realm header is not read; see {@link EventContextBuilder#verified}. */
    private static void realm(EventContextBuilder context, RequestHeaders headers, @Nullable VerifiedClaims claims) {
        // Set even if the claims name another one: the claims of a token that is verified later may name none.
        context.ultimateParentNamespaceId(headers.positive("ultimate_parent_namespace_id", ROOT_NAMESPACE_ID));
        if (claims == null) {
            context.realm(headers.text("realm", REALM));
        } else {
            context.verified(claims);
        }
    }
}
