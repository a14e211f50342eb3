package dev.internalevents.spring;

import dev.internalevents.client.InternalEventsClient;

/**
 * Changes the client's builder after the properties {@code internal-events.*} were applied to it and before the client is
 * made. Declare one as a bean for what has no property, such as a {@code DeliveryListener}; several run in their {@code
 * @Order}. Called once, by the thread that starts the application; what it throws stops the start.
 *
 * <pre>{@code
 * @Bean
 * InternalEventsClientCustomizer auditedDelivery(Audit audit) {
 *     return builder -> builder.deliveryListener(audit);
 * }
 * }</pre>
 */
@FunctionalInterface
public interface InternalEventsClientCustomizer {

    /**
     * Changes the builder.
     *
     * @param builder has every setting of the properties and variables already
     */
    void customize(InternalEventsClient.Builder builder);
}
