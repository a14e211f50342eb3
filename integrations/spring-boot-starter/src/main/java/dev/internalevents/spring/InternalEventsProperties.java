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
 * The properties {@code internal-events.*}. One that has a variable falls back to {@code PREFIX_INTERNAL_EVENT__…} of the
 * environment or of {@code .env}, then to its default. {@link BuilderProperties} applies those that have none.
 *
 * @param prefix Prefix of the environment variables, for example AIGW for AIGW_INTERNAL_EVENT__ENABLED.
 * @param enabled Whether events are sent. Variable ENABLED; default: false.
 * @param endpoint URL of the collector, for example http://127.0.0.1:9091. Variable ENDPOINT.
 * @param appId Application id of the events. Variable APP_ID; default: spring.application.name, else unknown_service.
 * @param namespace Name of the tracker within the application. Variable NAMESPACE; default: internal-events.
 * @param batchSize Largest number of events in a request. Variable BATCH_SIZE; default: 1.
 * @param threadCount Number of sending threads, 1 to 64. Variable THREAD_COUNT; default: 1.
 * @param outboxDir Folder in which events wait, so that they survive the process. Variable OUTBOX_DIR; default: they wait in memory.
 * @param outboxBytes Largest size of the outbox, 16MB or more. Default: 1GB.
 * @param outboxDurability What an event in the outbox survives: the end of the process, or of the machine. Default: process.
 * @param outboxInterval Time between two writes to the disk, for the outbox durability "interval"; 1ms or more.
 * @param queueCapacity Largest number of events that wait in memory. Default: 10000.
 * @param queueBytes Approximate limit of the bytes that wait in memory. Default: 32MB.
 * @param whenFull What happens to an event when the queue is full. Default: drop-newest.
 * @param blockTimeout Time that trackEvent waits for room when-full is "block".
 * @param spillDir Folder that takes what the queue cannot when when-full is "spill".
 * @param maxRequestBytes Largest size of a request. Default: 1000000B.
 * @param linger Time that an incomplete batch waits for more events. Default: 500ms.
 * @param connectTimeout Time limit for a connection to the collector. Default: 5s.
 * @param readTimeout Time limit for a request and its answer. Default: 10s.
 * @param closeTimeout Time that the end of the application may take to send what still waits. Default: 5s.
 * @param backOff Waits between tries.
 * @param finalStatuses Answers after which an event is never sent again. Default: 400, 401, 403, 410, 422; 413 always is one.
 * @param setAsideAfter When an event is given up that the collector fails at while it takes others.
 * @param compression Whether requests are compressed with gzip. Default: none.
 * @param headers Headers of each request, such as one that a gateway before the collector requires.
 * @param proxy HTTP proxy, as host:port. Default: what the JVM's system properties say.
 * @param ssl TLS of the connection to the collector.
 * @param sendUserId Whether the user id of a request's headers is sent. Variable SEND_USER_ID; default: false.
 * @param productUsageData Whether events are sent that are not operational; the others are only counted. Variable PRODUCT_USAGE_DATA; default: true.
 * @param selfHostedAi Whether AI models are self-hosted, so that no event about AI is operational. Variable SELF_HOSTED_AI; default: false.
 * @param aiContext Whether every event has an ai_context. Variable AI_CONTEXT; default: false.
 * @param servicePingContext Whether each event that feeds a metric has a gitlab_service_ping context. Variable SERVICE_PING_CONTEXT; default: false.
 * @param environment Environment of the events. Variable PREFIX_ENVIRONMENT; default: development for the profiles local, dev and development, test for test, staging for staging, else production.
 * @param reportMissingFields Whether the fields that the context of a request lacks are logged, once for each path. Variable REPORT_MISSING_FIELDS; default: false.
 * @param source Application that the events name as their source, 32 characters at most. Default: spring.application.name.
 * @param definitions Definitions that events are checked against: a folder, or classpath: and a folder. Default: none.
 * @param counting Where the events are counted in this process: memory, a folder, or redis://host:port. Default: nowhere.
 * @param countingQueueDir Folder in which events wait until they are counted; of this process alone. Default: queue in the
 *     folder of counting; .internal-events/counting in the working directory if events are counted in Redis.
 * @param redisKeyOverrides Files with older keys of counters in Redis, in GitLab's format. Default: none.
 * @param middleware The context of each request.
 */
@ConfigurationProperties("internal-events")
public record InternalEventsProperties(
        @DefaultValue("AIGW") String prefix,
        @Nullable Boolean enabled,
        @Nullable String endpoint,
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

    /**
     * The properties {@code internal-events.middleware.*}.
     *
     * @param enabled Whether each request gets its context.
     * @param skipPaths Paths that get no context; they match exactly.
     */
    public record Middleware(
            @DefaultValue("true") boolean enabled,
            @DefaultValue List<String> skipPaths) {}

    /**
     * The properties {@code internal-events.back-off.*}.
     *
     * @param first Upper bound of the first wait, which doubles with each try. Default: 100ms.
     * @param most Upper bound of every wait. Default: 60s.
     */
    public record BackOff(
            @Nullable Duration first, @Nullable Duration most) {}

    /**
     * The properties {@code internal-events.set-aside-after.*}.
     *
     * @param tries Number of tries of the event alone that are answered 500 or 501. Default: 8.
     * @param time Time for which it is tried at least. Default: 20s.
     */
    public record SetAsideAfter(
            @Nullable Integer tries, @Nullable Duration time) {}

    /**
     * The properties {@code internal-events.ssl.*}.
     *
     * @param bundle Name of the SSL bundle (spring.ssl.bundle.*) with the keys and the trust. Default: the JVM's own.
     */
    public record Ssl(@Nullable String bundle) {}

    /** The choices of {@code internal-events.when-full}; see {@link dev.internalevents.client.delivery.WhenFull}. */
    public enum WhenFullAction {

        /** The new event is dropped. */
        DROP_NEWEST,

        /** The event that has waited longest is dropped. */
        DROP_OLDEST,

        /** trackEvent waits for room, for as long as block-timeout says. */
        BLOCK,

        /** Events go to the folder spill-dir until the collector has taken those in memory. */
        SPILL
    }

    /** The choices of {@code internal-events.outbox-durability}; see {@link dev.internalevents.spool.Durability}. */
    public enum OutboxDurability {

        /** The end of the process, kill -9 included. */
        PROCESS,

        /** The end of the machine, except for the last outbox-interval. */
        INTERVAL,

        /** The end of the machine; trackEvent waits for the disk. */
        DISK
    }
}
