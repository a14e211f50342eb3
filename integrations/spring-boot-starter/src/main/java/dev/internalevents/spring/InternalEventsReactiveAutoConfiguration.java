package dev.internalevents.spring;

import dev.internalevents.client.EventContextFactory;
import dev.internalevents.client.settings.InternalEventSettings;
import io.micrometer.context.ContextRegistry;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.web.server.WebFilter;
import reactor.core.publisher.Hooks;

/** A context for each request of a reactive application. */
@AutoConfiguration(after = InternalEventsAutoConfiguration.class)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
@ConditionalOnClass({WebFilter.class, Hooks.class, ContextRegistry.class})
public class InternalEventsReactiveAutoConfiguration {

    @Bean
    @Order(Ordered.HIGHEST_PRECEDENCE + 100)
    @ConditionalOnMissingBean
    InternalEventWebFilter internalEventWebFilter(
            InternalEventSettings settings,
            InternalEventsProperties properties,
            InternalEventsSource source,
            ObjectProvider<UniqueInstanceId> uniqueInstanceId) {
        // A request changes threads between its steps; without this its context would stay behind.
        Hooks.enableAutomaticContextPropagation();
        return new InternalEventWebFilter(
                properties.middleware().enabled(),
                properties.middleware().skipPaths(),
                new EventContextFactory(settings.environment(), source.name()),
                uniqueInstanceId.getIfAvailable(() -> authorization -> null));
    }
}
