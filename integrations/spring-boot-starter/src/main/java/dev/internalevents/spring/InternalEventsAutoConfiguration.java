package dev.internalevents.spring;

import dev.internalevents.client.EventContext;
import dev.internalevents.client.EventInterceptor;
import dev.internalevents.client.EventListener;
import dev.internalevents.client.InternalEventsClient;
import dev.internalevents.client.InternalEventsClientBuilder;
import dev.internalevents.client.definitions.DefinedEvents;
import dev.internalevents.client.settings.InternalEventSettings;
import dev.internalevents.client.settings.SettingsException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/** Provides the client as a bean: inject {@link InternalEventsClient} where you track events. */
@AutoConfiguration
@EnableConfigurationProperties(InternalEventsProperties.class)
public class InternalEventsAutoConfiguration {

    private static final Logger LOG = LoggerFactory.getLogger(InternalEventsAutoConfiguration.class);

    /**
     * The effective settings, in order of precedence: properties, variables, values derived from the application's name
     * and profiles, defaults. An invalid value stops the start.
     */
    @Bean
    @ConditionalOnMissingBean
    InternalEventSettings internalEventSettings(
            InternalEventsProperties properties,
            Environment environment,
            UnreadableProperties unreadable,
            ObjectProvider<SslBundles> sslBundles) {
        List<String> problems = new ArrayList<>(unreadable.problems().values());
        InternalEventSettings settings = null;
        try {
            settings = read(properties, environment);
        } catch (SettingsException e) {
            problems.addAll(e.problems());
        }
        Set<String> unread = unreadable.problems().keySet();
        new BuilderProperties(properties, sslBundles)
                .problems(settings == null ? null : settings.outbox()).stream()
                        // A property that could not be read is not reported as missing as well.
                        .filter(problem -> unread.stream().noneMatch(problem::contains))
                        .forEach(problems::add);
        if (settings == null || !problems.isEmpty()) {
            throw new SettingsException(problems);
        }
        return settings;
    }

    private static InternalEventSettings read(InternalEventsProperties properties, Environment environment) {
        String prefix = properties.prefix();
        VariableProperties set = properties.variables();
        ApplicationDefaults defaults = ApplicationDefaults.of(environment);
        return set.read(prefix, read -> {
            InternalEventSettings settings = InternalEventSettings.read(read, defaults.appId(), defaults.environment());
            UnknownProperties.of(environment).forEach(LOG::warn);
            read.unknown(InternalEventSettings.GROUP).forEach(LOG::warn);
            read.warnings().stream().map(set::named).forEach(LOG::warn);
            return settings.withHints(defaults.hints(settings.hints(), prefix));
        });
    }

    /** The client; closed on shutdown, after sending what is queued for up to {@code close-timeout}. */
    @Bean(destroyMethod = "close")
    @ConditionalOnMissingBean
    InternalEventsClient internalEventsClient(
            InternalEventSettings settings,
            InternalEventsProperties properties,
            InternalEventsSource source,
            ObjectProvider<EventInterceptor> interceptors,
            ObjectProvider<EventListener> listeners,
            ObjectProvider<InternalEventsClientCustomizer> customizers,
            ObjectProvider<SslBundles> sslBundles) {
        InternalEventsClientBuilder builder = InternalEventsClient.builder(settings)
                // Spring closes the bean after the web server has finished the requests in progress.
                .shutdownHook(false)
                .defaultContext(EventContext.builder()
                        .environment(settings.environment())
                        .source(source.name())
                        .build());
        new BuilderProperties(properties, sslBundles).applyTo(builder);
        interceptors
                .orderedStream()
                .map(interceptor -> settings.enabled() ? interceptor : withoutExtraTracking(interceptor))
                .forEach(builder::interceptor);
        listeners.orderedStream().forEach(builder::listener);
        if (!settings.enabled()
                && (interceptors.stream().findAny().isPresent()
                        || listeners.stream().findAny().isPresent())) {
            // Nothing is sent, but tracked events are still checked and counted.
            builder.enabled(true).delivery(false);
        }
        customizers.orderedStream().forEach(customizer -> customizer.customize(builder));
        try {
            InternalEventsClient client = builder.build();
            interceptors
                    .orderedStream()
                    .filter(DefinedEvents.class::isInstance)
                    .forEach(check -> logDefinitions((DefinedEvents) check, properties, settings));
            return client;
        } catch (IllegalArgumentException e) {
            throw BuilderProperties.named(e);
        }
    }

    private static void logDefinitions(
            DefinedEvents check, InternalEventsProperties properties, InternalEventSettings settings) {
        int events = check.dictionary().events().size();
        LOG.info(
                "Internal events are checked against the definitions of {} {}{}; an undefined event {}"
                        + " (environment \"{}\")",
                events,
                events == 1 ? "event" : "events",
                properties.definitions() == null ? "" : " in " + properties.definitions(),
                check.isStrict() ? "throws" : "is dropped and logged",
                settings.environment());
    }

    /** A client that is switched off sends nothing, not even through extra trackers. */
    private static EventInterceptor withoutExtraTracking(EventInterceptor interceptor) {
        return interceptor instanceof DefinedEvents check ? check.withoutExtraTracking() : interceptor;
    }

    @Bean
    static UnreadableProperties internalEventsUnreadableProperties() {
        return new UnreadableProperties();
    }

    @Bean
    static ExecutorsEndFirst internalEventsExecutorsEndFirst(ConfigurableListableBeanFactory beans) {
        return new ExecutorsEndFirst(beans);
    }

    @Bean
    @ConditionalOnMissingBean
    InternalEventsSource internalEventsSource(InternalEventsProperties properties, Environment environment) {
        String set = properties.source();
        return new InternalEventsSource(ApplicationDefaults.source(
                set == null || set.isBlank()
                        ? ApplicationDefaults.of(environment).name()
                        : set));
    }
}
