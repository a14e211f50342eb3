package dev.internalevents.client;

import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
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
    private static final String NAMESPACES = "feature_enabled_by_namespace_ids";

    /** The headers that {@link #fromHeaders} reads. */
    private static final List<String> HEADERS = List.of(
            "X-Gitlab-Realm",
            "X-Gitlab-Instance-Id",
            "X-Gitlab-Host-Name",
            "X-Gitlab-Version",
            "X-Gitlab-Global-User-Id",
            "X-Gitlab-User-Id",
            "X-Gitlab-Subject-Type",
            "X-Gitlab-Is-Team-Member",
            "X-Gitlab-Client-Type",
            "X-Gitlab-Client-Name",
            "X-Gitlab-Client-Version",
            "X-Gitlab-Interface",
            "X-Gitlab-Project-Id",
            "X-Gitlab-Namespace-Id",
            "X-Gitlab-Root-Namespace-Id",
            "X-Gitlab-Organization-Id",
            "X-Gitlab-Feature-Enabled-By-Namespace-Ids",
            "X-Gitlab-Saas-Duo-Pro-Namespace-Ids",
            "X-Gitlab-Feature-Enablement-Type",
            "X-Gitlab-Deployment-Type",
            "X-Gitlab-Tracking-Context",
            REQUEST_ID);

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
     * Returns the context of one request. Its correlation id is that of the header {@value #REQUEST_ID}, or a new one;
     * see {@link #correlationId}.
     *
     * @param header returns the value of a header by its case-insensitive name, or null; called once for each name
     * @param claims the claims of the caller's verified token, which take precedence over headers; null if the request
     *     has none
     */
    public EventContext fromHeaders(Function<String, @Nullable String> header, @Nullable VerifiedClaims claims) {
        RequestHeaders headers = new RequestHeaders(header);
        List<Long> namespaces = headers.ids(NAMESPACES, "X-Gitlab-Feature-Enabled-By-Namespace-Ids");
        if (namespaces.isEmpty()) {
            namespaces = headers.ids(NAMESPACES, "X-Gitlab-Saas-Duo-Pro-Namespace-Ids");
        }
        EventContextBuilder context = EventContext.builder()
                .environment(environment)
                .source(source)
                .instanceId(headers.text("instance_id", "X-Gitlab-Instance-Id"))
                .hostName(headers.text("host_name", "X-Gitlab-Host-Name"))
                .instanceVersion(headers.text("instance_version", "X-Gitlab-Version"))
                .globalUserId(headers.text("global_user_id", "X-Gitlab-Global-User-Id"))
                .userType(headers.text("user_type", "X-Gitlab-Subject-Type"))
                .gitlabTeamMember(headers.bool("is_gitlab_team_member", "X-Gitlab-Is-Team-Member"))
                .featureEnabledByNamespaceIds(namespaces)
                .featureEnablementType(headers.text("feature_enablement_type", "X-Gitlab-Feature-Enablement-Type"))
                .clientType(headers.text("client_type", "X-Gitlab-Client-Type"))
                .clientName(headers.text("client_name", "X-Gitlab-Client-Name"))
                .clientVersion(headers.text("client_version", "X-Gitlab-Client-Version"))
                .clientInterface(headers.text("interface", "X-Gitlab-Interface"))
                .projectId(headers.integer("project_id", "X-Gitlab-Project-Id"))
                .namespaceId(headers.integer("namespace_id", "X-Gitlab-Namespace-Id"))
                .organizationId(headers.integer("organization_id", "X-Gitlab-Organization-Id"))
                .deploymentType(headers.text("deployment_type", "X-Gitlab-Deployment-Type"))
                .contextGeneratedAt(clock.instant().truncatedTo(ChronoUnit.MICROS))
                .correlationId(correlationId(header.apply(REQUEST_ID)));
        Map<String, Object> extra = headers.object("extra", "X-Gitlab-Tracking-Context");
        if (extra != null) {
            context.extra(extra);
        }
        user(context, headers.text("user_id", "X-Gitlab-User-Id"));
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
        if (given != null) {
            String id = given.strip();
            if (isVisible(id)) {
                return id;
            } else if (!id.isEmpty()) {
                RequestHeaders.note(
                        "correlation_id",
                        REQUEST_ID,
                        "not 1 to " + MAX_CORRELATION_ID + " visible ASCII characters, so a new id replaces it");
            }
        }
        ThreadLocalRandom random = ThreadLocalRandom.current();
        HexFormat hex = HexFormat.of();
        return hex.toHexDigits(random.nextLong()) + hex.toHexDigits(random.nextLong());
    }

    private static boolean isVisible(String id) {
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
        context.ultimateParentNamespaceId(
                headers.positive("ultimate_parent_namespace_id", "X-Gitlab-Root-Namespace-Id"));
        if (claims == null) {
            context.realm(headers.text("realm", "X-Gitlab-Realm"));
        } else {
            context.verified(claims);
        }
    }
}
