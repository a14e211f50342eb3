package dev.internalevents.spring;

import dev.internalevents.client.delivery.Compression;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * The properties {@code internal-events.*}. A property with a variable falls back to {@code PREFIX_INTERNAL_EVENT__…}
 * in the environment or in {@code .env}, then to its default. {@link BuilderProperties} applies those without a
 * variable.
 *
 * @param prefix Prefix of the environment variables, for example AIGW for AIGW_INTERNAL_EVENT__ENABLED.
 * @param enabled Whether events are sent. Variable ENABLED; default: false.
 * @param endpoint URL of the collector, for example http://127.0.0.1:9091, or several separated by commas. Variable
 *     ENDPOINT.
 * @param endpoints URLs of several collectors, of which the client uses one at a time; instead of endpoint. Variable
 *     ENDPOINT.
 * @param appId Application id of the events. Variable APP_ID; default: spring.application.name, else unknown_service.
 * @param namespace Name of the tracker within the application. Variable NAMESPACE; default: internal-events.
 * @param batchSize Maximum number of events in a request. Variable BATCH_SIZE; default: 1.
 * @param threadCount Number of sending threads, 1 to 64. Variable THREAD_COUNT; default: 1.
 * @param outboxDir Folder that stores events until they are delivered, so that they survive the process. Variable
 *     OUTBOX_DIR; default: events are queued in memory.
 * @param outboxBytes Maximum size of the outbox, 16MB or more. Default: 1GB.
 * @param outboxDurability Failure that events in the outbox survive: the end of the process, or a crash of the machine.
 *     Default: process.
 * @param outboxInterval Time between two writes to the disk, for the outbox durability "interval"; 1ms or more.
 * @param queueCapacity Maximum number of events queued in memory. Default: 10000.
 * @param queueBytes Approximate limit of the bytes queued in memory. Default: 32MB.
 * @param whenFull What to do with an event when the queue is full. Default: drop-newest.
 * @param blockTimeout Time that trackEvent waits for room if when-full is "block".
 * @param spillDir Folder for events that do not fit into the queue, if when-full is "spill".
 * @param maxRequestBytes Maximum size of a request. Default: 1000000B.
 * @param linger Time that an incomplete batch waits for more events. Default: 500ms.
 * @param connectTimeout Time limit for a connection to the collector. Default: 5s.
 * @param readTimeout Time limit for a request and its response. Default: 10s.
 * @param closeTimeout Time limit for sending queued events when the application shuts down. Default: 5s.
 * @param backOff Back-off between retries.
 * @param finalStatuses HTTP statuses after which an event is not retried. Default: 400, 401, 403, 410, 422; 413 is
 *     always one of them.
 * @param setAsideAfter When to give up an event on which the collector fails while it accepts others.
 * @param compression Whether requests are compressed with gzip. Default: none.
 * @param headers Headers of each request, such as one that a gateway in front of the collector requires.
 * @param proxy HTTP proxy, as host:port. Default: the JVM's system properties.
 * @param ssl TLS of the connection to the collector.
 * @param sendUserId Whether the user id of a request's headers is sent. Variable SEND_USER_ID; default: false.
 * @param productUsageData Whether events that are not operational are sent; if not, they are only counted. Variable
 *     PRODUCT_USAGE_DATA; default: true.
 * @param selfHostedAi Whether AI models are self-hosted, so that no event about AI is operational. Variable
 *     SELF_HOSTED_AI; default: false.
 * @param aiContext Whether every event has an ai_context. Variable AI_CONTEXT; default: false.
 * @param servicePingContext Whether each event that feeds a metric has a gitlab_service_ping context. Variable
 *     SERVICE_PING_CONTEXT; default: false.
 * @param environment Environment of the events. Variable PREFIX_ENVIRONMENT; default: development for the profiles
 *     local, dev and development, test for test, staging for staging, else production.
 * @param reportMissingFields Whether to log the fields that the context of a request lacks, once for each path.
 *     Variable REPORT_MISSING_FIELDS; default: false.
 * @param source Name of the application, sent as the source of its events, 32 characters at most. Default:
 *     spring.application.name.
 * @param definitions Definitions that events are checked against: a folder, or classpath: and a folder. Default: none.
 * @param counting Where events are counted in this process: memory, a folder, redis://host:port or
 *     postgresql://host/database. Default: nowhere.
 * @param countingQueueDir Folder that queues events until they are counted; used by this process only. Default: queue
 *     in the folder of counting; .internal-events/counting in the working directory if events are counted in Redis or
 *     PostgreSQL.
 * @param redisKeyOverrides Files with older keys of counters in Redis, in GitLab's format. Default: none.
 * @param middleware The context of each request.
 */
@ConfigurationProperties("internal-events")
public record InternalEventsProperties(
        @DefaultValue("AIGW") String prefix,
        @Nullable Boolean enabled,
        @Nullable String endpoint,
        @Nullable List<String> endpoints,
        @Nullable String appId,
        @Nullable String namespace,
        @Nullable Integer batchSize,
        @Nullable Integer threadCount,
        @Nullable String outboxDir,
        @Nullable DataSize outboxBytes,
        @Nullable OutboxDurability outboxDurability,
        @Nullable Duration outboxInterval,
        @Nullable Integer queueCapacity,
        @Nullable DataSize queueBytes,
        @Nullable WhenFullAction whenFull,
        @Nullable Duration blockTimeout,
        @Nullable String spillDir,
        @Nullable DataSize maxRequestBytes,
        @Nullable Duration linger,
        @Nullable Duration connectTimeout,
        @Nullable Duration readTimeout,
        @Nullable Duration closeTimeout,
        @DefaultValue BackOff backOff,
        @Nullable Set<Integer> finalStatuses,
        @DefaultValue SetAsideAfter setAsideAfter,
        @Nullable Compression compression,
        @DefaultValue Map<String, String> headers,
        @Nullable String proxy,
        @DefaultValue Ssl ssl,
        @Nullable Boolean sendUserId,
        @Nullable Boolean productUsageData,
        @Nullable Boolean selfHostedAi,
        @Nullable Boolean aiContext,
        @Nullable Boolean servicePingContext,
        @Nullable String environment,
        @Nullable Boolean reportMissingFields,
        @Nullable String source,
        @Nullable String definitions,
        @Nullable String counting,
        @Nullable String countingQueueDir,
        @DefaultValue List<String> redisKeyOverrides,
        @DefaultValue Middleware middleware) {

    /** Returns the properties that have a variable. */
    VariableProperties variables() {
        return new VariableProperties(prefix + "_INTERNAL_EVENT__", "internal-events.")
                .put("enabled", enabled)
                .putOneOrMore("endpoint", endpoint, endpoints)
                .put("app-id", appId)
                .put("namespace", namespace)
                .put("batch-size", batchSize)
                .put("thread-count", threadCount)
                .put("send-user-id", sendUserId)
                .put("product-usage-data", productUsageData)
                .put("self-hosted-ai", selfHostedAi)
                .put("ai-context", aiContext)
                .put("service-ping-context", servicePingContext)
                .put("outbox-dir", outboxDir)
                .put("report-missing-fields", reportMissingFields)
                .put(prefix + "_ENVIRONMENT", "environment", environment);
    }

    /**
     * The properties {@code internal-events.middleware.*}.
     *
     * @param enabled Whether each request gets its context.
     * @param skipPaths Paths whose requests get no context; they match exactly.
     */
    public record Middleware(
            @DefaultValue("true") boolean enabled,
            @DefaultValue List<String> skipPaths) {}

    /**
     * The properties {@code internal-events.back-off.*}.
     *
     * @param first Upper bound of the first wait, which doubles with each retry. Default: 100ms.
     * @param most Upper bound of every wait. Default: 60s.
     */
    public record BackOff(
            @Nullable Duration first, @Nullable Duration most) {}

    /**
     * The properties {@code internal-events.set-aside-after.*}.
     *
     * @param tries Number of times the event, sent alone, must be answered 500 or 501. Default: 8.
     * @param time Minimum time for which it is retried. Default: 20s.
     */
    public record SetAsideAfter(
            @Nullable Integer tries, @Nullable Duration time) {}

    /**
     * The properties {@code internal-events.ssl.*}.
     *
     * @param bundle Name of the SSL bundle (spring.ssl.bundle.*) with key and trust stores. Default: the JVM's own.
     */
    public record Ssl(@Nullable String bundle) {}

    /** The choices of {@code internal-events.when-full}; see {@link dev.internalevents.client.delivery.WhenFull}. */
    public enum WhenFullAction {

        /** The new event is dropped. */
        DROP_NEWEST,

        /** The oldest queued event is dropped. */
        DROP_OLDEST,

        /** trackEvent waits for room, at most for block-timeout. */
        BLOCK,

        /** Events go to the folder spill-dir until the collector has accepted those in memory. */
        SPILL
    }

    /** The choices of {@code internal-events.outbox-durability}; see {@link dev.internalevents.spool.Durability}. */
    public enum OutboxDurability {

        /** The end of the process, kill -9 included. */
        PROCESS,

        /** A crash of the machine, except for the last outbox-interval. */
        INTERVAL,

        /** A crash of the machine; trackEvent waits for the disk. */
        DISK
    }
}
