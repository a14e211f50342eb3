package dev.internalevents.spring;

import dev.internalevents.client.billing.BillingEventsClient;
import dev.internalevents.client.billing.BillingEventsClientBuilder;

/**
 * A bean that configures the starter's {@link BillingEventsClient} beyond its properties, such as a header or a proxy.
 */
@FunctionalInterface
public interface BillingEventsClientCustomizer {

    /** Called once, after the properties were applied; what it sets takes precedence over them. */
    void customize(BillingEventsClientBuilder builder);
}
