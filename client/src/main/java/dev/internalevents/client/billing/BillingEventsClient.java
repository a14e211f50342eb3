package dev.internalevents.client.billing;

import dev.internalevents.client.EventContext;
import dev.internalevents.client.EventsClient;
import dev.internalevents.client.InternalEventsClient;
import dev.internalevents.client.RequestTracking;
import dev.internalevents.client.Scope;
import dev.internalevents.client.VerifiedClaims;
import dev.internalevents.client.delivery.DropReason;
import dev.internalevents.client.internal.emitter.Emitter;
import dev.internalevents.client.internal.emitter.ShutdownHook;
import dev.internalevents.client.internal.emitter.WallClock;
import dev.internalevents.client.settings.BillingEventSettings;
import dev.internalevents.client.settings.SettingsException;
import dev.internalevents.protocol.FieldLimits;
import dev.internalevents.protocol.ForeignCode;
import dev.internalevents.protocol.Tracker;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends the usage that a customer is billed for: a structured event with the context {@code billable_usage} 1-0-3,
 * which contains who used how much of what on which instance, according to the request's {@link EventContext} and
 * {@link VerifiedClaims}. For each of them the internal event {@value #TWIN} is tracked too, with the id of the billing
 * event as its label, its name as the property, the same metadata, and the context that was billed, also outside a
 * request.
 *
 * <p>Billing events have their own emitter and their own {@link BillingEventsClientBuilder#outbox outbox} on disk. An
 * event is in the outbox when the call returns, survives {@code kill -9}, and stays there until the collector has
 * accepted it, whatever the collector responds before. Nothing is set aside or rejected. If the outbox is full or
 * cannot be written, new events are dropped: they are counted in {@link #stats()} and logged, and
 * {@link #outboxFailure()} returns the reason.
 *
 * <p>An event that cannot be billed is not sent: one without a realm, with a quantity of 0 or less, or with a name or
 * unit that the schema does not allow. It is logged and counted as {@link DropReason#NOT_BILLABLE}. Without the billing
 * event there is no twin.
 *
 * <p>No method that tracks throws or waits for the network. Tracking writes to a memory-mapped file; with
 * {@link BillingEventsClientBuilder#outboxDurability} {@code disk} it waits for the disk. A disabled client accepts the
 * same calls, stores nothing and starts no threads. Safe for use by any number of threads. Create one client for the
 * application and close it at the end, before the internal events client.
 *
 * <pre>{@code
 * BillingEventsClient billing = BillingEventsClient.fromEnvironment("AIGW", internalEvents);
 * billing.trackBillingEvent("code_completions", "CodeSuggestions", "request", 1);
 * }</pre>
 */
public final class BillingEventsClient extends EventsClient {

    /** The internal event that is tracked with each billing event: {@value}. */
    public static final String TWIN = "usage_billing_event";

    /** The property of {@value #TWIN} that contains the billing event's metadata, a map: {@value}. */
    public static final String TWIN_METADATA = "metadata";

    private static final Logger LOG = LoggerFactory.getLogger(BillingEventsClient.class);
    private static final int LOGGED_NAME = 100;

    private final InternalEventsClient internalEvents;
    private final EventContext defaultContext;
    private final Tracker tracker;
    private final CutFields cut = new CutFields();

    BillingEventsClient(BillingEventsClientBuilder builder, @Nullable Emitter emitter) {
        super(
                builder.isEnabled(),
                emitter,
                builder.timeout(),
                emitter == null ? null : shutdownHook(emitter, builder.timeout()));
        this.internalEvents = builder.internalEvents;
        this.defaultContext = builder.context();
        this.tracker = builder.tracker();
    }

    /** Events that are not sent by then are sent after the next start. */
    private static ShutdownHook shutdownHook(Emitter emitter, Duration timeout) {
        return ShutdownHook.add("billing-events-shutdown", () -> emitter.sendLast(timeout, QUIET_NANOS, () -> false));
    }

    // Creating a client

    public static BillingEventsClientBuilder builder() {
        return new BillingEventsClientBuilder();
    }

    /** Returns a builder that starts with the given settings; values set on the builder replace them. */
    public static BillingEventsClientBuilder builder(BillingEventSettings settings) {
        return new BillingEventsClientBuilder(settings);
    }

    /** Returns a client that does nothing and logs nothing. */
    public static BillingEventsClient disabled() {
        return new BillingEventsClient(builder().enabled(false), null);
    }

    /**
     * Returns a client with the settings {@code PREFIX_BILLING_EVENT__…} from the environment and the file {@code .env}
     * in the working directory; see docs/billing.md.
     *
     * @param prefix {@code AIGW} for the AI Gateway's own names
     * @param internalEvents tracks the twin of each event; it is not closed with this client
     * @throws SettingsException naming every invalid variable
     * @throws IllegalArgumentException if the outbox cannot be used
     */
    public static BillingEventsClient fromEnvironment(String prefix, InternalEventsClient internalEvents) {
        return fromSettings(BillingEventSettings.fromEnvironment(prefix), internalEvents);
    }

    /**
     * Returns a client with the given settings.
     *
     * @param internalEvents as in {@link #fromEnvironment}
     * @throws IllegalArgumentException if the outbox cannot be used
     */
    public static BillingEventsClient fromSettings(BillingEventSettings settings, InternalEventsClient internalEvents) {
        return builder(settings).internalEvents(internalEvents).build();
    }

    // Tracking

    /**
     * Bills 1 {@code tokens}, without metadata.
     *
     * @param eventType the event's name, 1 to 255 characters; see {@link BillingEvent} for those of the AI Gateway
     * @param category the part of the code that bills; null for {@value InternalEventsClient#DEFAULT_CATEGORY}
     */
    public void trackBillingEvent(@Nullable String eventType, @Nullable String category) {
        billingEvent(eventType).category(category).track();
    }

    /**
     * Bills a quantity of a unit, without metadata; see {@link #trackBillingEvent(String, String)}.
     *
     * @param unitOfMeasure see {@link BillingEvent.Builder#unitOfMeasure}
     * @param quantity more than 0
     */
    public void trackBillingEvent(
            @Nullable String eventType, @Nullable String category, @Nullable String unitOfMeasure, double quantity) {
        billingEvent(eventType)
                .category(category)
                .unitOfMeasure(unitOfMeasure)
                .quantity(quantity)
                .track();
    }

    /**
     * Bills a quantity of a unit; see {@link #trackBillingEvent(String, String)}.
     *
     * @param unitOfMeasure see {@link BillingEvent.Builder#unitOfMeasure}
     * @param quantity more than 0
     * @param metadata see {@link BillingEvent.Builder#metadata(String, Object)}; null for none
     */
    public void trackBillingEvent(
            @Nullable String eventType,
            @Nullable String category,
            @Nullable String unitOfMeasure,
            double quantity,
            @Nullable Map<String, ?> metadata) {
        billingEvent(eventType)
                .category(category)
                .unitOfMeasure(unitOfMeasure)
                .quantity(quantity)
                .metadata(metadata)
                .track();
    }

    /**
     * Returns a builder for an event with further arguments, for example an idempotency key. Nothing is tracked before
     * {@link BillingEvent.Builder#track()}.
     */
    public BillingEvent.Builder billingEvent(@Nullable String eventType) {
        return new BillingEvent.Builder(enabled ? this : null, eventType);
    }

    void track(BillingEvent.Builder event) {
        BillableUsage usage = null;
        RequestTracking billed = null;
        boolean isOpen = true;
        try {
            RequestTracking request = RequestTracking.current();
            // A separate tracking, so that the twin has the billed context even if the request's changes in the
            // meantime.
            billed = request == null ? new RequestTracking(defaultContext) : request.with(request.context());
            VerifiedClaims given = event.claims();
            if (given != null) {
                billed.verified(given);
            }
            EventContext context = billed.context();
            VerifiedClaims claims = billed.claims();
            String problem = BillableUsage.problem(event, context);
            if (problem != null) {
                isOpen = false;
                refused(event.eventType(), problem);
                return;
            }
            long now = System.nanoTime();
            Instant at = Instant.ofEpochMilli(WallClock.at(now).millis(now));
            BillableUsage made = BillableUsage.of(tracker, event, context, claims, now, at);
            noteCut(event);
            // From here on, the emitter counts it.
            isOpen = false;
            if (emitter == null || emitter.take(made)) {
                usage = made;
            }
        } catch (Throwable e) {
            failed(event.eventType(), e, isOpen);
        }
        if (usage != null && billed != null) {
            trackTwin(usage, billed);
        }
    }

    private void trackTwin(BillableUsage usage, RequestTracking billed) {
        try (Scope ignored = billed.makeCurrent()) {
            internalEvents
                    .event(TWIN)
                    .category(usage.category())
                    .label(usage.id().toString())
                    .property(usage.eventType())
                    .put(TWIN_METADATA, usage.metadata())
                    .track();
        } catch (Throwable e) {
            ForeignCode.caught(e);
            LOG.warn(
                    "The internal event {} of the billing event {} was not tracked: {}; the billing event is still"
                            + " sent",
                    TWIN,
                    usage.id(),
                    String.valueOf(e.getMessage()));
        }
    }

    private void noteCut(BillingEvent.Builder event) {
        if (event.metadata().isCut()) {
            cut.note(
                    "metadata",
                    "longer than " + Metadata.MAX_BYTES + " bytes, of more than " + Metadata.MAX_VALUES
                            + " values or unreadable, so keys are left out");
        }
        if (!FieldLimits.fits(event.category(), FieldLimits.CATEGORY)) {
            cut.note("category", "longer than " + FieldLimits.CATEGORY + " characters, so it is cut");
        }
    }

    private void refused(@Nullable String eventType, String why) {
        if (emitter == null) {
            LOG.warn("A billing event cannot be billed: {}", why);
        } else {
            emitter.refused(shown(eventType), DropReason.NOT_BILLABLE, why);
        }
    }

    private void failed(@Nullable String eventType, Throwable failure, boolean isOpen) {
        boolean isFatal = false;
        try {
            isFatal = ForeignCode.isFatal(failure);
            if (emitter != null && isOpen) {
                emitter.unusable(shown(eventType), failure);
            }
            ForeignCode.caught(failure);
            LOG.debug("the billing event could not be tracked", failure);
        } catch (Throwable e) {
            // The thread's stack may be exhausted.
            if (isFatal) {
                throw (Error) failure;
            }
        }
    }

    private static String shown(@Nullable String eventType) {
        return eventType == null ? "(no name)" : FieldLimits.cut(eventType, LOGGED_NAME);
    }

    /** Returns, by field, how many events had {@code metadata} or a {@code category} that was cut. */
    public Map<String, Long> cutValues() {
        return cut.counts();
    }
}
