package dev.internalevents.client.billing;

import dev.internalevents.client.ClientBuilder;
import dev.internalevents.client.EventContext;
import dev.internalevents.client.InternalEventsClient;
import dev.internalevents.client.internal.emitter.Emitter;
import dev.internalevents.client.internal.emitter.EventKind;
import dev.internalevents.client.internal.emitter.GiveUp;
import dev.internalevents.client.settings.BillingEventSettings;
import dev.internalevents.protocol.FieldLimits;
import dev.internalevents.protocol.Printable;
import dev.internalevents.protocol.Tracker;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The settings of a {@link BillingEventsClient}. Not safe for use by several threads. */
public final class BillingEventsClientBuilder extends ClientBuilder<BillingEventsClientBuilder> {

    private static final Logger LOG = LoggerFactory.getLogger(BillingEventsClient.class);
    private static final String PLATFORM = "srv";

    InternalEventsClient internalEvents = InternalEventsClient.disabled();

    /** After this many tries and this time, an event that the collector does not accept is moved behind the others. */
    private int triesInFront = GiveUp.DEFAULT.tries();

    private Duration timeInFront = GiveUp.DEFAULT.after();

    BillingEventsClientBuilder() {
        super(BillingEventSettings.DEFAULT_APP_ID, BillingEventSettings.DEFAULT_NAMESPACE);
    }

    BillingEventsClientBuilder(BillingEventSettings settings) {
        super(settings);
    }

    /** The client that tracks the twin of each event; default: a disabled client. It is not closed with this one. */
    public BillingEventsClientBuilder internalEvents(InternalEventsClient internalEvents) {
        this.internalEvents = Objects.requireNonNull(internalEvents, "internalEvents");
        return this;
    }

    BillingEventsClientBuilder inFront(int tries, Duration time) {
        this.triesInFront = tries;
        this.timeInFront = time;
        return this;
    }

    /**
     * Creates the client and, if it is enabled, opens its outbox and starts its threads. Logs one line at INFO that
     * says where its events are sent.
     *
     * @throws IllegalArgumentException if the client is enabled and a setting is invalid, including an outbox that is
     *     missing or cannot be used; the message names the setting and what was expected
     */
    public BillingEventsClient build() {
        if (!enabled || !delivery) {
            if (!enabled && !endpoints.isEmpty()) {
                LOG.info("Billing events are switched off and not sent, although an endpoint is set");
            }
            return new BillingEventsClient(this, null);
        }
        if (endpoints.isEmpty()) {
            throw new IllegalArgumentException(
                    "an enabled billing client needs an endpoint, for example http://127.0.0.1:9091");
        }
        if (outbox == null) {
            throw new IllegalArgumentException(
                    "outbox: none is set; a billing event is money and must be stored on disk, where it survives"
                            + " the end of the process; expected a folder that only this process uses, such as"
                            + " /var/lib/my-service/billing-outbox");
        }
        BillingEventsClient client = new BillingEventsClient(
                this,
                Emitter.start(emitterSettings(
                        EventKind.BILLING, endpoints, new GiveUp(Set.of(), triesInFront, timeInFront))));
        LOG.info(
                "Billing events are sent to {} as app id \"{}\", and kept in the outbox {} until they are delivered",
                shown(endpoints),
                Printable.of(appId, "?"),
                outbox.toAbsolutePath());
        return client;
    }

    boolean isEnabled() {
        return enabled;
    }

    EventContext context() {
        return defaultContext;
    }

    Tracker tracker() {
        return new Tracker(
                FieldLimits.cut(namespace, FieldLimits.NAMESPACE),
                FieldLimits.cut(appId, FieldLimits.APP_ID),
                PLATFORM,
                InternalEventsClient.TRACKER_VERSION);
    }

    Duration timeout() {
        return closeTimeout;
    }
}
