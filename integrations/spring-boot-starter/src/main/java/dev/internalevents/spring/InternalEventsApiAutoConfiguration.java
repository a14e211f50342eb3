package dev.internalevents.spring;

import dev.internalevents.client.InternalEventsClient;
import dev.internalevents.client.settings.SettingsException;
import dev.internalevents.definitions.Dictionary;
import dev.internalevents.spring.api.EventApi;
import dev.internalevents.spring.api.EventApiAccess;
import dev.internalevents.spring.api.EventApiProperties;
import jakarta.servlet.http.HttpServletRequest;
import java.util.ArrayList;
import java.util.List;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.config.WebFluxConfigurer;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** Provides an endpoint that accepts events of signed-in users, if {@code internal-events.api.enabled} is set. */
@AutoConfiguration(after = {InternalEventsAutoConfiguration.class, InternalEventsDefinitionsAutoConfiguration.class})
@ConditionalOnWebApplication
@ConditionalOnProperty("internal-events.api.enabled")
@EnableConfigurationProperties(EventApiProperties.class)
public class InternalEventsApiAutoConfiguration {

    private static final int MIN_EVENTS = 50;

    @Bean
    EventApi internalEventApi(
            InternalEventsClient client,
            ObjectProvider<Dictionary> dictionaries,
            ObjectProvider<EventApiAccess> access,
            EventApiProperties properties) {
        List<String> problems = new ArrayList<>();
        Dictionary dictionary = dictionaries.getIfAvailable();
        if (dictionary == null) {
            problems.add("internal-events.api.enabled: the endpoint accepts only defined events; set"
                    + " internal-events.definitions to their folder");
        }
        if (properties.eventsPerMinute() < MIN_EVENTS) {
            problems.add("internal-events.api.events-per-minute: " + properties.eventsPerMinute()
                    + " is too small; a request may contain " + MIN_EVENTS + " events, so expected " + MIN_EVENTS
                    + " or more");
        }
        if (dictionary == null || !problems.isEmpty()) {
            throw new SettingsException(problems);
        }
        return new EventApi(
                client, dictionary, access.getIfAvailable(), properties.eventsPerMinute(), System::nanoTime);
    }

    /** Web MVC. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
    @ConditionalOnClass({WebMvcConfigurer.class, HttpServletRequest.class})
    static class Servlet {

        @Bean
        EventApiController internalEventApiController(EventApi api) {
            return new EventApiController(api);
        }
    }

    /** WebFlux. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
    @ConditionalOnClass(WebFluxConfigurer.class)
    static class Reactive {

        @Bean
        ReactiveEventApiController internalEventApiController(EventApi api) {
            return new ReactiveEventApiController(api);
        }
    }
}
