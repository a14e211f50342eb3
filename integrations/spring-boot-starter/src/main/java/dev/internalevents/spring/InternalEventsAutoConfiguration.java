package dev.internalevents.spring;

import dev.internalevents.client.EventContext;
import dev.internalevents.client.EventInterceptor;
import dev.internalevents.client.EventListener;
import dev.internalevents.client.InternalEventsClient;
import dev.internalevents.client.settings.InternalEventSettings;
import dev.internalevents.client.settings.Settings;
import java.net.URI;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

/** The client as a bean: inject {@link InternalEventsClient} where something happens. */
@AutoConfiguration
@EnableConfigurationProperties(InternalEventsProperties.class)
public class InternalEventsAutoConfiguration {

    /** The settings in force: properties before variables before defaults; what is wrong stops the start. */
    @Bean
    @ConditionalOnMissingBean
    InternalEventSettings internalEventSettings(InternalEventsProperties properties) {
        Map<String, String> variables = new HashMap<>(System.getenv());
        String group = properties.prefix() + "_INTERNAL_EVENT__";
        put(variables, group + "ENABLED", properties.enabled());
        put(variables, group + "ENDPOINT", properties.endpoint());
        put(variables, group + "APP_ID", properties.appId());
        put(variables, group + "NAMESPACE", properties.namespace());
        put(variables, group + "BATCH_SIZE", properties.batchSize());
        put(variables, group + "THREAD_COUNT", properties.threadCount());
        put(variables, group + "SEND_USER_ID", properties.sendUserId());
        put(variables, group + "OUTBOX_DIR", properties.outboxDir());
        put(variables, properties.prefix() + "_ENVIRONMENT", properties.environment());
        return InternalEventSettings.read(Settings.load(properties.prefix(), variables, Path.of("")));
    }

    /** The client; closed with the application, after what is held was sent for up to five seconds. */
    @Bean(destroyMethod = "close")
    @ConditionalOnMissingBean
    InternalEventsClient internalEventsClient(
            InternalEventSettings settings,
            InternalEventsProperties properties,
            InternalEventsSource source,
            ObjectProvider<EventInterceptor> interceptors,
            ObjectProvider<EventListener> listeners,
            ObjectProvider<InternalEventsClientCustomizer> customizers) {
        InternalEventsClient.Builder builder = InternalEventsClient.builder()
                .enabled(settings.enabled())
                .appId(settings.appId())
                .namespace(settings.namespace())
                .batchSize(settings.batchSize())
                .threadCount(settings.threadCount())
                .queueCapacity(properties.queueCapacity())
                .linger(properties.linger())
                .sendUserId(settings.sendUserId())
                // Spring closes the bean, after the requests that are under way have ended.
                .shutdownHook(false)
                .defaultContext(EventContext.builder()
                        .environment(settings.environment())
                        .source(source.name())
                        .build());
        Path outbox = settings.outbox();
        if (outbox != null) {
            builder.outbox(outbox);
        }
        interceptors.orderedStream().forEach(builder::interceptor);
        listeners.orderedStream().forEach(builder::listener);
        if (!settings.enabled()
                && (interceptors.stream().findAny().isPresent()
                        || listeners.stream().findAny().isPresent())) {
            // Nothing is sent; what is tracked is still checked and counted.
            builder.enabled(true).delivery(false);
        }
        URI endpoint = settings.endpoint();
        if (endpoint != null) {
            builder.endpoint(endpoint);
        }
        customizers.orderedStream().forEach(customizer -> customizer.customize(builder));
        return builder.build();
    }

    @Bean
    @ConditionalOnMissingBean
    InternalEventsSource internalEventsSource(
            InternalEventsProperties properties, @Value("${spring.application.name:#{null}}") @Nullable String name) {
        return new InternalEventsSource(properties.source() == null ? name : properties.source());
    }

    private static void put(Map<String, String> variables, String name, @Nullable Object value) {
        if (value != null) {
            variables.put(name, value.toString());
        }
    }
}
