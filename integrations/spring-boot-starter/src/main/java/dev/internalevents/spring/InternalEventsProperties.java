package dev.internalevents.spring;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The properties {@code internal-events.*}. One that is not set falls back to the variable {@code
 * PREFIX_INTERNAL_EVENT__…} of the environment or of {@code .env}, then to its default.
 *
 * @param prefix Prefix of the environment variables, for example AIGW for AIGW_INTERNAL_EVENT__ENABLED.
 * @param enabled Whether events are sent. Variable ENABLED, else false.
 * @param endpoint URL of the collector, for example http://127.0.0.1:9091. Variable ENDPOINT.
 * @param appId Application id of the events. Variable APP_ID, else gitlab_ai_gateway.
 * @param namespace Name of the tracker within the application. Variable NAMESPACE, else gl.
 * @param batchSize Events in a request at most. Variable BATCH_SIZE, else 1.
 * @param threadCount Threads that send. Variable THREAD_COUNT, else 1.
 * @param outboxDir Folder in which events wait, so that they survive the process. Variable OUTBOX_DIR; in memory unless it is set.
 * @param queueCapacity Events that may wait for the collector in memory.
 * @param linger How long a batch that is not full waits for more events.
 * @param sendUserId Whether the user id of a request's headers is sent. Variable SEND_USER_ID, else false.
 * @param environment Environment of the events, for example production. Variable PREFIX_ENVIRONMENT, else production.
 * @param source Application that the events name as their source; spring.application.name unless it is set.
 * @param definitions Definitions that events are checked against: a folder, or classpath: and a folder. None unless it is set.
 * @param counting Where the events are counted in this process: memory, a folder, or redis://host:port. Not unless it is set.
 * @param middleware The context of each request.
 */
@ConfigurationProperties("internal-events")
public record InternalEventsProperties(
        @DefaultValue("AIGW") String prefix,
        @Nullable Boolean enabled,
        @Nullable URI endpoint,
        @Nullable String appId,
        @Nullable String namespace,
        @Nullable Integer batchSize,
        @Nullable Integer threadCount,
        @Nullable String outboxDir,
        @DefaultValue("10000") int queueCapacity,
        @DefaultValue("500ms") Duration linger,
        @Nullable Boolean sendUserId,
        @Nullable String environment,
        @Nullable String source,
        @Nullable String definitions,
        @Nullable String counting,
        @DefaultValue Middleware middleware) {

    /**
     * The properties {@code internal-events.middleware.*}.
     *
     * @param enabled Whether each request gets its context.
     * @param skipPaths Paths that get no context; they match exactly.
     */
    public record Middleware(
            @DefaultValue("true") boolean enabled,
            @DefaultValue List<String> skipPaths) {}
}
