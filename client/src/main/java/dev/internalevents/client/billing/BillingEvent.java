package dev.internalevents.client.billing;

import dev.internalevents.client.InternalEventsClient;
import dev.internalevents.client.VerifiedClaims;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The names of the AI Gateway's billing events, and the {@link Builder} of an event with further arguments. */
public final class BillingEvent {

    /** A model was called through the proxy: {@value}. */
    public static final String AI_GATEWAY_PROXY_USE = "ai_gateway_proxy_use";

    /** A workflow of the agent platform ended: {@value}. */
    public static final String WORKFLOW_COMPLETION = "duo_agent_platform_workflow_completion";

    /** Code was completed: {@value}. */
    public static final String CODE_COMPLETIONS = "code_completions";

    /** Code was generated: {@value}. */
    public static final String CODE_GENERATIONS = "code_generations";

    /** The default unit of measure: {@value}. */
    public static final String DEFAULT_UNIT_OF_MEASURE = "tokens";

    /** The default quantity: 1. */
    public static final double DEFAULT_QUANTITY = 1.0;

    private BillingEvent() {}

    /**
     * Builds one billing event. Nothing is sent before {@link #track()}. Null means "not given" in every method: it
     * removes the value that was set before. No method throws. Not safe for use by several threads.
     *
     * <pre>{@code
     * billing.billingEvent(BillingEvent.CODE_COMPLETIONS)
     *         .category("CodeSuggestions")
     *         .unitOfMeasure("request")
     *         .quantity(1)
     *         .metadata("execution_environment", "code_completions")
     *         .idempotencyKey("completion-" + requestId)
     *         .track();
     * }</pre>
     */
    public static final class Builder {

        private final @Nullable BillingEventsClient client;
        private final @Nullable String eventType;
        private final Metadata metadata = new Metadata();
        private String category = InternalEventsClient.DEFAULT_CATEGORY;
        private String unitOfMeasure = DEFAULT_UNIT_OF_MEASURE;
        private double quantity = DEFAULT_QUANTITY;
        private @Nullable VerifiedClaims claims;
        private @Nullable String idempotencyKey;

        /** @param client null for a builder that stores and sends nothing */
        Builder(@Nullable BillingEventsClient client, @Nullable String eventType) {
            this.client = client;
            this.eventType = eventType;
        }

        /**
         * The part of the code that bills, cut to 1,000 characters; default, also for a blank text:
         * {@value InternalEventsClient#DEFAULT_CATEGORY}.
         */
        public Builder category(@Nullable String category) {
            this.category = category == null || category.isBlank() ? InternalEventsClient.DEFAULT_CATEGORY : category;
            return this;
        }

        /** The part of the code that bills, as a class name. */
        public Builder category(@Nullable Class<?> category) {
            return category(category == null ? null : category.getName());
        }

        /**
         * The unit that is counted, for example {@code tokens}, {@code request}, {@code bytes} or {@code seconds}: 1 to
         * 255 characters, not blank; default: {@value #DEFAULT_UNIT_OF_MEASURE}. An event with an invalid unit is not
         * sent.
         */
        public Builder unitOfMeasure(@Nullable String unitOfMeasure) {
            this.unitOfMeasure = unitOfMeasure == null ? DEFAULT_UNIT_OF_MEASURE : unitOfMeasure;
            return this;
        }

        /**
         * The billed quantity: more than 0, at most 2,147,483,647; default: 1. An event with an invalid quantity, NaN
         * included, is not sent.
         */
        public Builder quantity(double quantity) {
            this.quantity = quantity;
            return this;
        }

        /**
         * Adds metadata about the usage. Values are copied at the call: texts, numbers, booleans, maps and collections
         * of these; other values as their text. All metadata of an event together may have at most
         * {@value Metadata#MAX_BYTES} bytes as JSON and {@value Metadata#MAX_VALUES} values, counting each map, each
         * list and every value in it. A key whose value does not fit beside those already set is left out, which is
         * logged and counted in {@link BillingEventsClient#cutValues()}. The key {@code is_gitlab_team_member} is
         * reserved for the client.
         *
         * @param value null removes the key
         */
        public Builder metadata(@Nullable String key, @Nullable Object value) {
            if (client != null && key != null) {
                metadata.put(key, value);
            }
            return this;
        }

        /**
         * Adds all entries of a map, each as by {@link #metadata(String, Object)}. Of a very large map, only the first
         * tens of thousands of entries are read; the others are left out, and the event counts as cut.
         */
        public Builder metadata(@Nullable Map<String, ?> entries) {
            if (client != null && entries != null) {
                metadata.putAll(entries);
            }
            return this;
        }

        /**
         * The claims of the verified token; default: those of the request
         * ({@link dev.internalevents.client.RequestTracking#claims}). They override the context, as in
         * {@link dev.internalevents.client.EventContextBuilder#verified}.
         */
        public Builder claims(@Nullable VerifiedClaims claims) {
            this.claims = claims;
            return this;
        }

        /**
         * A text that identifies the usage: the same if the same usage is billed again, for example by a repeated job,
         * and different for everything else. The event's id is derived from it, and the receiver drops all events with
         * an id except the first. Default: a new id for each call. A blank text counts as not given.
         */
        public Builder idempotencyKey(@Nullable String idempotencyKey) {
            this.idempotencyKey = idempotencyKey == null || idempotencyKey.isBlank() ? null : idempotencyKey;
            return this;
        }

        /**
         * Tracks the event, as {@link BillingEventsClient#trackBillingEvent(String, String)} does. The builder can be
         * changed and tracked again: each call is a separate event.
         */
        public void track() {
            if (client != null) {
                client.track(this);
            }
        }

        @Nullable
        String eventType() {
            return eventType;
        }

        String category() {
            return category;
        }

        String unitOfMeasure() {
            return unitOfMeasure;
        }

        double quantity() {
            return quantity;
        }

        Metadata metadata() {
            return metadata;
        }

        @Nullable
        VerifiedClaims claims() {
            return claims;
        }

        @Nullable
        String idempotencyKey() {
            return idempotencyKey;
        }
    }
}
