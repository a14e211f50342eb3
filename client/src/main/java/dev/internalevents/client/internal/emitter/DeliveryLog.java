package dev.internalevents.client.internal.emitter;

import dev.internalevents.client.delivery.SentEvent;
import dev.internalevents.protocol.Printable;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs the outcome of each event, at DEBUG: name, id, label and property. Off by default, because a label may be
 * personal data and each event is one line.
 */
final class DeliveryLog {

    private static final Logger LOG = LoggerFactory.getLogger(DeliveryLog.class);

    private DeliveryLog() {}

    static boolean isOn() {
        return LOG.isDebugEnabled();
    }

    static void delivered(EventKind kind, List<SentEvent> events) {
        for (SentEvent event : events) {
            LOG.debug(
                    "{} delivered: {} {} label={} property={}",
                    kind.words(),
                    Printable.of(event.name()),
                    Printable.of(event.id()),
                    shown(event.label()),
                    shown(event.property()));
        }
    }

    /**
     * Logs events that the collector did not accept.
     *
     * @param reason includes the status of the response, if there was one
     */
    static void failed(EventKind kind, List<SentEvent> events, String reason, boolean sentAgain) {
        for (SentEvent event : events) {
            LOG.debug(
                    "{} {}: {} {} label={} property={}: {}",
                    kind.words(),
                    sentAgain ? "not delivered, will be sent again" : "rejected",
                    Printable.of(event.name()),
                    Printable.of(event.id()),
                    shown(event.label()),
                    shown(event.property()),
                    Printable.of(reason));
        }
    }

    private static String shown(@Nullable String text) {
        return text == null ? "-" : '"' + Printable.of(text) + '"';
    }
}
