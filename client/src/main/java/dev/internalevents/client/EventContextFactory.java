package dev.internalevents.client;

import dev.internalevents.client.settings.Settings;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Builds the context of a request from its {@code X-Gitlab-…} headers. Never throws: a header that cannot be read as
 * its field's type leaves the field out, as does one of more than {@value #MAX_HEADER_LENGTH} characters. Safe for use
 * by several threads.
 */
public final class EventContextFactory {

    /** Longer header values are not taken over: {@value} characters. */
    public static final int MAX_HEADER_LENGTH = 1_000;

    private final String environment;
    private final @Nullable String source;
    private final Clock clock;

    /**
     * A factory for one application.
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

    /**
     * The context of one request, with a correlation id of its own where the request brought none.
     *
     * @param header gives the value of a header by its name in any case, or null
     * @param uniqueInstanceId the claim {@code gitlab_instance_uid} of the caller's verified token, or null
     */
    public EventContext fromHeaders(Function<String, @Nullable String> header, @Nullable String uniqueInstanceId) {
        Headers headers = new Headers(header);
        String namespaces = headers.text("X-Gitlab-Feature-Enabled-By-Namespace-Ids");
        if (namespaces == null) {
            namespaces = headers.text("X-Gitlab-Saas-Duo-Pro-Namespace-Ids");
        }
        String teamMember = headers.text("X-Gitlab-Is-Team-Member");
        String correlationId = headers.text("X-Request-ID");
        EventContext.Builder context = EventContext.builder()
                .environment(environment)
                .source(source)
                .realm(headers.text("X-Gitlab-Realm"))
                .instanceId(headers.text("X-Gitlab-Instance-Id"))
                .uniqueInstanceId(uniqueInstanceId)
                .hostName(headers.text("X-Gitlab-Host-Name"))
                .instanceVersion(headers.text("X-Gitlab-Version"))
                .globalUserId(headers.text("X-Gitlab-Global-User-Id"))
                .gitlabTeamMember(teamMember == null ? null : Settings.parseBoolean(teamMember))
                .featureEnabledByNamespaceIds(integers(namespaces))
                .featureEnablementType(headers.text("X-Gitlab-Feature-Enablement-Type"))
                .ultimateParentNamespaceId(integer(headers.text("X-Gitlab-Root-Namespace-Id")))
                .clientType(headers.text("X-Gitlab-Client-Type"))
                .clientName(headers.text("X-Gitlab-Client-Name"))
                .clientVersion(headers.text("X-Gitlab-Client-Version"))
                .clientInterface(headers.text("X-Gitlab-Interface"))
                .contextGeneratedAt(clock.instant().truncatedTo(ChronoUnit.MICROS))
                .correlationId(correlationId == null ? newCorrelationId() : correlationId);
        String userId = headers.text("X-Gitlab-User-Id");
        Long numericUserId = integer(userId);
        return (numericUserId == null ? context.userId(userId) : context.userId(numericUserId)).build();
    }

    /** All parts or nothing: one that is no integer leaves the field out. */
    static @Nullable List<Long> integers(@Nullable String text) {
        if (text == null) {
            return null;
        }
        List<Long> numbers = new ArrayList<>();
        for (String part : text.split(",", -1)) {
            Long number = integer(part.strip());
            if (number == null) {
                return null;
            }
            numbers.add(number);
        }
        return numbers;
    }

    static @Nullable Long integer(@Nullable String text) {
        if (text == null
                || text.isEmpty()
                || !text.chars().allMatch(c -> (c >= '0' && c <= '9') || c == '-' || c == '+')) {
            return null;
        }
        try {
            return Long.valueOf(text);
        } catch (NumberFormatException e) {
            return null;
        }
    }

    private static String newCorrelationId() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        return new UUID(random.nextLong(), random.nextLong()).toString().replace("-", "");
    }

    private record Headers(Function<String, @Nullable String> source) {

        @Nullable
        String text(String name) {
            String value = source.apply(name);
            if (value == null || value.length() > MAX_HEADER_LENGTH) {
                return null;
            }
            String text = value.strip();
            return text.isEmpty() ? null : text;
        }
    }
}
