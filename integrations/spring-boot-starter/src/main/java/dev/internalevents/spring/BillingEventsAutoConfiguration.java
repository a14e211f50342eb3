package dev.internalevents.spring;

import dev.internalevents.client.EventContext;
import dev.internalevents.client.InternalEventsClient;
import dev.internalevents.client.billing.BillingEventsClient;
import dev.internalevents.client.billing.BillingEventsClientBuilder;
import dev.internalevents.client.settings.BillingEventSettings;
import dev.internalevents.client.settings.InternalEventSettings;
import dev.internalevents.client.settings.SettingsException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.util.unit.DataSize;

/**
 * Provides the billing client as a bean. The bean exists even if billing is switched off, and then does nothing, so
 * that billing code needs no condition.
 */
@AutoConfiguration(after = InternalEventsAutoConfiguration.class)
@EnableConfigurationProperties(BillingEventsProperties.class)
public class BillingEventsAutoConfiguration {

    private static final Logger LOG = LoggerFactory.getLogger(BillingEventsAutoConfiguration.class);

    /**
     * The effective settings: properties take precedence over variables, and variables over defaults. An invalid value
     * stops the start.
     */
    @Bean
    @ConditionalOnMissingBean
    BillingEventSettings billingEventSettings(
            BillingEventsProperties properties, InternalEventsProperties common, InternalEventSettings internalEvents) {
        String prefix = common.prefix();
        return properties
                .variables(prefix)
                // The outbox may be set by a property instead of the variable.
                .variable(prefix + "_INTERNAL_EVENT__OUTBOX_DIR", internalEvents.outbox())
                .read(prefix, read -> {
                    BillingEventSettings settings = BillingEventSettings.read(read);
                    read.unknown(BillingEventSettings.GROUP).forEach(LOG::warn);
                    return settings;
                });
    }

    /** The client; closed on shutdown, before the client of internal events. */
    @Bean(destroyMethod = "close")
    @ConditionalOnMissingBean
    BillingEventsClient billingEventsClient(
            BillingEventSettings settings,
            BillingEventsProperties properties,
            InternalEventSettings common,
            InternalEventsSource source,
            InternalEventsClient internalEvents,
            ObjectProvider<BillingEventsClientCustomizer> customizers) {
        BillingEventsClientBuilder builder = BillingEventsClient.builder(settings)
                .internalEvents(internalEvents)
                .defaultContext(EventContext.builder()
                        .environment(common.environment())
                        .source(source.name())
                        .build());
        limitOutbox(builder, properties.outboxBytes());
        try {
            customizers.orderedStream().forEach(customizer -> customizer.customize(builder));
            return builder.build();
        } catch (IllegalArgumentException e) {
            throw new SettingsException(List.of("internal-events.billing: " + e.getMessage()), e);
        }
    }

    private static void limitOutbox(BillingEventsClientBuilder builder, @Nullable DataSize max) {
        if (max == null) {
            return;
        }
        try {
            builder.outboxBytes(max.toBytes());
        } catch (IllegalArgumentException e) {
            String problem = String.valueOf(e.getMessage()).replace("outboxBytes: ", "");
            throw new SettingsException(
                    List.of("internal-events.billing.outbox-bytes: " + BuilderProperties.inUnits(problem)), e);
        }
    }
}
