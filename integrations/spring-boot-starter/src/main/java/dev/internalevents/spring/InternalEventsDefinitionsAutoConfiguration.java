package dev.internalevents.spring;

import dev.internalevents.client.definitions.DefinedEvents;
import dev.internalevents.client.definitions.ExtraTracker;
import dev.internalevents.client.definitions.InProcessCounting;
import dev.internalevents.client.settings.InternalEventSettings;
import dev.internalevents.client.settings.SettingsException;
import dev.internalevents.definitions.Dictionary;
import dev.internalevents.metrics.CounterSink;
import dev.internalevents.metrics.Counters;
import dev.internalevents.metrics.DirectEventCounter;
import dev.internalevents.metrics.EventCounter;
import dev.internalevents.metrics.MetricStore;
import dev.internalevents.metrics.MetricStoreException;
import dev.internalevents.metrics.Metrics;
import dev.internalevents.metrics.QueuedEventCounter;
import dev.internalevents.metrics.postgres.PostgresMetricStore;
import dev.internalevents.metrics.redis.RedisKeyOverrides;
import dev.internalevents.metrics.redis.RedisMetricStore;
import dev.internalevents.metrics.store.FileMetricStore;
import dev.internalevents.metrics.store.MemoryMetricStore;
import dev.internalevents.spool.SpoolInUseException;
import dev.internalevents.spool.SpoolSettings;
import dev.internalevents.spool.SpoolUnreadableException;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.util.ClassUtils;
import org.springframework.util.StringUtils;

/**
 * Checks events if {@code internal-events.definitions} is set, and also counts them if {@code internal-events.counting}
 * is set.
 */
@AutoConfiguration(before = InternalEventsAutoConfiguration.class)
@ConditionalOnProperty("internal-events.definitions")
public class InternalEventsDefinitionsAutoConfiguration {

    /**
     * An invalid file stops the start in the environments development and test; in all others it is logged and left
     * out.
     */
    @Bean
    @ConditionalOnMissingBean
    Dictionary internalEventsDictionary(InternalEventsProperties properties, InternalEventSettings settings) {
        return DefinedEvents.dictionary(
                DefinitionResources.read(String.valueOf(properties.definitions())), settings.environment());
    }

    /**
     * Strict in the environments development and test, lenient in all others; uses all beans that are extra trackers.
     */
    @Bean
    @ConditionalOnMissingBean
    DefinedEvents definedEvents(
            Dictionary dictionary, InternalEventSettings settings, ObjectProvider<ExtraTracker> extraTrackers) {
        return DefinedEvents.forEnvironment(dictionary, settings.environment())
                .extraTrackers(extraTrackers.orderedStream().toList());
    }

    /** Counting in this process. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnProperty("internal-events.counting")
    static class Counting {

        private static final Logger LOG = LoggerFactory.getLogger(InternalEventsDefinitionsAutoConfiguration.class);
        private static final String MEMORY = "memory";
        private static final String REDIS_STORE = "dev.internalevents.metrics.redis.RedisMetricStore";
        private static final String PLACES =
                "memory, a folder that this user can write to, redis://host:port or" + " postgresql://host/database";

        /** A drive of Windows has one letter. */
        private static final Pattern ADDRESS = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]+:");

        private static final String POSTGRES_STORE = "dev.internalevents.metrics.postgres.PostgresMetricStore";

        @Bean
        Counters internalEventCounters(Dictionary dictionary) {
            return Counters.of(dictionary);
        }

        /** Closed by the counter, which may still have counts to apply. */
        @Bean(destroyMethod = "")
        @ConditionalOnMissingBean
        MetricStore internalEventMetricStore(
                Dictionary dictionary, Counters counters, InternalEventsProperties properties) {
            String where = String.valueOf(properties.counting());
            MetricStore store = isPostgres(where) ? postgres(where, dictionary) : store(where, counters, properties);
            LOG.info("Internal events are counted in {}", shown(where));
            return store;
        }

        private static MetricStore store(String where, Counters counters, InternalEventsProperties properties) {
            if (where.equals(MEMORY)) {
                return new MemoryMetricStore(counters);
            }
            if (isRedis(where)) {
                return redis(where, properties.redisKeyOverrides());
            }
            if (where.equalsIgnoreCase(MEMORY) || ADDRESS.matcher(where).lookingAt()) {
                throw new SettingsException(List.of("internal-events.counting: \""
                        + where.replaceFirst("(?s)(:).+", "$1…")
                        + "\" is not a place where metrics can be counted; expected " + PLACES));
            }
            try {
                return FileMetricStore.open(counters, Path.of(where).resolve("counters"));
            } catch (MetricStoreException | InvalidPathException e) {
                throw unusable(where, e);
            }
        }

        /** Returns the place for the log: without the user, password and parameters of a URL. */
        private static String shown(String where) {
            if (where.equals(MEMORY)) {
                return "memory; the counts end with this process";
            }
            return isShared(where)
                    ? where.replaceFirst("(?s)\\?.*", "").replaceFirst("(?s)//.*@", "//")
                    : "the folder " + Path.of(where).toAbsolutePath().normalize();
        }

        @Bean(destroyMethod = "close")
        EventCounter internalEventCounter(Counters counters, MetricStore store, InternalEventsProperties properties)
                throws IOException {
            if (store instanceof CounterSink sink) {
                return new DirectEventCounter(counters, sink);
            }
            String where = String.valueOf(properties.counting());
            String configured = properties.countingQueueDir();
            if (StringUtils.hasText(configured)) {
                return queued(counters, store, configured);
            }
            Path queue = isShared(where)
                    ? Path.of(".internal-events", "counting")
                    : Path.of(where).resolve("queue");
            try {
                return QueuedEventCounter.open(counters, store, queue, SpoolSettings.DEFAULTS);
            } catch (SpoolInUseException e) {
                throw e;
            } catch (IOException | SpoolUnreadableException e) {
                throw unusable(queue.toString(), e);
            }
        }

        private static EventCounter queued(Counters counters, MetricStore store, String folder)
                throws SpoolInUseException {
            try {
                return QueuedEventCounter.open(counters, store, Path.of(folder), SpoolSettings.DEFAULTS);
            } catch (SpoolInUseException e) {
                throw e;
            } catch (IOException | SpoolUnreadableException | InvalidPathException e) {
                throw new SettingsException(
                        List.of("internal-events.counting-queue-dir: " + folder + " cannot be used (" + e
                                + "); expected a folder that this user can write to"),
                        e);
            }
        }

        private static MetricStore redis(String where, List<String> overrides) {
            if (!ClassUtils.isPresent(REDIS_STORE, Counting.class.getClassLoader())) {
                throw new SettingsException(List.of("internal-events.counting: counting in Redis needs the dependency"
                        + " dev.internalevents:internal-events-metrics-redis, which is not on the class path"));
            }
            // No signature in this class may use a class of that module, because the module may be missing.
            RedisKeyOverrides keys;
            try {
                keys = RedisKeyOverrides.read(overrides.stream().map(Path::of).toList());
            } catch (IllegalArgumentException | IOException e) {
                String reason = e instanceof IOException ? "cannot be read: " + e : e.getMessage();
                throw new SettingsException(List.of("internal-events.redis-key-overrides: " + reason), e);
            }
            try {
                return RedisMetricStore.at(where, keys);
            } catch (IllegalArgumentException e) {
                // Repeat neither the value nor the parser's message: both may contain a password.
                throw new SettingsException(List.of("internal-events.counting: not a valid Redis URL; expected"
                        + " redis://[user:password@]host:port[/database], or rediss:// for TLS"));
            }
        }

        /** The store also writes the history of the dictionary's metrics. */
        private static MetricStore postgres(String where, Dictionary dictionary) {
            if (!ClassUtils.isPresent(POSTGRES_STORE, Counting.class.getClassLoader())) {
                throw new SettingsException(List.of("internal-events.counting: counting in PostgreSQL needs the"
                        + " dependency dev.internalevents:internal-events-metrics-postgres, which is not on the class"
                        + " path"));
            }
            // No signature in this class may use a class of that module, because the module may be missing.
            try {
                return PostgresMetricStore.at(where, dictionary);
            } catch (IllegalArgumentException e) {
                // The message does not repeat a password.
                throw new SettingsException(List.of("internal-events.counting: " + e.getMessage()), e);
            }
        }

        private static SettingsException unusable(String folder, Exception cause) {
            return new SettingsException(
                    List.of("internal-events.counting: " + folder + " cannot be used (" + cause + "); expected "
                            + PLACES),
                    cause);
        }

        private static boolean isRedis(String where) {
            return where.startsWith("redis://") || where.startsWith("rediss://");
        }

        private static boolean isPostgres(String where) {
            return where.startsWith("postgresql://") || where.startsWith("postgres://");
        }

        private static boolean isShared(String where) {
            return isRedis(where) || isPostgres(where);
        }

        @Bean
        InProcessCounting internalEventCounting(EventCounter counter) {
            return new InProcessCounting(counter);
        }

        @Bean
        @ConditionalOnMissingBean
        Metrics internalEventMetrics(Dictionary dictionary, Counters counters, MetricStore store) {
            return new Metrics(dictionary, counters, store, Clock.systemUTC());
        }
    }
}
