package dev.internalevents.client.billing;

import dev.internalevents.client.InternalEventsClient;
import dev.internalevents.client.VerifiedClaims;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The names of the AI Gateway's billing events, and the {@link Builder} of an event with further arguments. */
public final class BillingEvent {

    /** A model called through the proxy: {@value}. */
    public static final String AI_GATEWAY_PROXY_USE = "ai_gateway_proxy_use";

    /** A workflow of the agent platform that has ended: {@value}. */
    public static final String WORKFLOW_COMPLETION = "duo_agent_platform_workflow_completion";

    /** Code that was completed: {@value}. */
    public static final String CODE_COMPLETIONS = "code_completions";

    /** Code that was generated: {@value}. */
    public static final String CODE_GENERATIONS = "code_generations";

    /** The unit of measure if none is given: {@value}. */
    public static final String DEFAULT_UNIT_OF_MEASURE = "tokens";

    /** The quantity if none is given: 1. */
    public static final double DEFAULT_QUANTITY = 1.0;

    private BillingEvent() {}

    /**
     * One billing event. Nothing is sent before {@link #track()}. Null means "not given" in every method: it takes back
     * what was set before. No method throws. Not safe for use by several threads.
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

        /** @param client null for a builder that keeps and sends nothing */
        Builder(@Nullable BillingEventsClient client, @Nullable String eventType) {
            this.client = client;
            this.eventType = eventType;
        }

        /**
         * The part of the code that bills, cut to 1,000 characters; default, also for a blank text: {@value
         * InternalEventsClient#DEFAULT_CATEGORY}.
         */
        public Builder category(@Nullable String category) {
            this.category = category == null || category.isBlank() ? InternalEventsClient.DEFAULT_CATEGORY : category;
            return this;
        }

        /** The part of the code that bills, as the name of a class. */
        public Builder category(@Nullable Class<?> category) {
            return category(category == null ? null : category.getName());
        }

        /**
         * What is counted, for example {@code tokens}, {@code request}, {@code bytes} or {@code seconds}: 1 to 255
         * characters, not blank; default: {@value #DEFAULT_UNIT_OF_MEASURE}. An event with another unit is not sent.
         */
        public Builder unitOfMeasure(@Nullable String unitOfMeasure) {
            this.unitOfMeasure = unitOfMeasure == null ? DEFAULT_UNIT_OF_MEASURE : unitOfMeasure;
            return this;
        }

        /**
         * How much is billed: more than 0, 2,147,483,647 at most; default: 1. An event with another quantity, NaN included,
         * is not sent.
         */
        public Builder quantity(double quantity) {
            this.quantity = quantity;
            return this;
        }

        /**
         * What else is known of the usage. Values are copied at the call: texts, numbers, booleans, maps and collections of
         * these, and others as their text. All metadata of an event has {@value Metadata#MAX_BYTES} bytes as JSON and
         * {@value Metadata#MAX_VALUES} values at most, each map and list and everything in it counted. A key whose value
         * does not fit beside those that are set is left out, which is logged and counted in {@link
         * BillingEventsClient#cutValues()}. The key {@code is_gitlab_team_member} is the client's own.
         *
         * @param value null takes the key back
         */
        public Builder metadata(@Nullable String key, @Nullable Object value) {
            if (client != null && key != null) {
                metadata.put(key, value);
            }
            return this;
        }

        /**
         * All entries of a map, as {@link #metadata(String, Object)} takes each. Of a very large map the first tens of
         * thousands are looked at; the others are left out, and the event counts as cut.
         */
        public Builder metadata(@Nullable Map<String, ?> entries) {
            if (client != null && entries != null) {
                metadata.putAll(entries);
            }
            return this;
        }

        /**
         * The claims of the verified token; default: those of the request ({@link
         * dev.internalevents.client.RequestTracking#claims}). They go over what the context says, as in {@link
         * dev.internalevents.client.EventContext.Builder#verified}.
         */
        public Builder claims(@Nullable VerifiedClaims claims) {
            this.claims = claims;
            return this;
        }

        /**
         * A text that is the same if the same usage is billed again, for example by a job that is repeated, and different for
         * everything else: the receiver drops all but the first event with an id, and the id is made of this text. Default:
         * an id of its own for each call. A blank text counts as not given.
         */
        public Builder idempotencyKey(@Nullable String idempotencyKey) {
            this.idempotencyKey = idempotencyKey == null || idempotencyKey.isBlank() ? null : idempotencyKey;
            return this;
        }

        /**
         * Hands the event over, as {@link BillingEventsClient#trackBillingEvent(String, String)} does. The builder may be
         * changed and tracked again: each call is an event.
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
