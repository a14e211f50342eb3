package dev.internalevents.spring;

import dev.internalevents.client.EventContextFactory;
import dev.internalevents.client.settings.InternalEventSettings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;
import org.springframework.http.server.reactive.HttpHandlerDecoratorFactory;
import org.springframework.util.ClassUtils;
import org.springframework.web.server.WebFilter;
import reactor.core.publisher.Hooks;

/** Provides a context for each request of a reactive application. */
@AutoConfiguration(after = InternalEventsAutoConfiguration.class)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
@ConditionalOnClass({WebFilter.class, Hooks.class})
public class InternalEventsReactiveAutoConfiguration {

    private static final Logger LOG = LoggerFactory.getLogger(InternalEventsReactiveAutoConfiguration.class);

    /**
     * Spring Boot's own property. Its default is "limited", so only an explicit value indicates the application's
     * choice.
     */
    private static final String PROPAGATION = "spring.reactor.context-propagation";

    private static final String LIBRARY = "io.micrometer.context.ContextRegistry";

    /**
     * Enables Reactor's context propagation, because a request changes threads between its steps. A mode that the
     * application sets itself is not changed.
     */
    InternalEventsReactiveAutoConfiguration(InternalEventsProperties properties, Environment environment) {
        if (!properties.middleware().enabled() || Hooks.isAutomaticContextPropagationEnabled()) {
            return;
        }
        String mode = environment.getProperty(PROPAGATION);
        if (!ClassUtils.isPresent(LIBRARY, getClass().getClassLoader())) {
            LOG.warn("events have no request context: io.micrometer:context-propagation is not on the class path;"
                    + " add the dependency or remove its exclusion");
        } else if (mode == null || mode.isBlank() || mode.strip().equalsIgnoreCase("auto")) {
            Hooks.enableAutomaticContextPropagation();
        } else {
            LOG.warn(
                    "{} is {}: events tracked in Reactor's operators have no request context, except in handle and tap;"
                            + " remove the property or set it to auto",
                    PROPAGATION,
                    mode);
        }
    }

    @Bean
    @Order(Ordered.HIGHEST_PRECEDENCE + 100)
    @ConditionalOnMissingBean
    InternalEventWebFilter internalEventWebFilter(
            InternalEventSettings settings, InternalEventsProperties properties, InternalEventsSource source) {
        return new InternalEventWebFilter(
                properties.middleware().enabled(),
                properties.middleware().skipPaths(),
                new EventContextFactory(settings.environment(), source.name()),
                settings.reportMissingFields());
    }

    @Bean
    @Order(RequestClaims.FILTER_ORDER)
    @ConditionalOnBean(VerifiedClaimsSource.class)
    VerifiedClaimsWebFilter internalEventClaimsWebFilter(VerifiedClaimsSource source) {
        return new VerifiedClaimsWebFilter(source);
    }

    @Bean
    HttpHandlerDecoratorFactory internalEventHttpHandlerDecorator(InternalEventWebFilter filter) {
        return filter::around;
    }
}
