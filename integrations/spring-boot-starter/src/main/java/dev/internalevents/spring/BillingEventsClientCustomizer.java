package dev.internalevents.spring;

import dev.internalevents.client.billing.BillingEventsClient;

/** A bean that sets on the starter's {@link BillingEventsClient} what has no property, such as a header or a proxy. */
@FunctionalInterface
public interface BillingEventsClientCustomizer {

    /** Called once, after the properties were applied; what it sets goes before them. */
    void customize(BillingEventsClient.Builder builder);
}
