package dev.internalevents.client;

import dev.internalevents.client.delivery.WhenFull;
import dev.internalevents.protocol.Printable;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs the line at INFO that a client writes when it is created: where its events are sent, or how to switch them on.
 * Credentials are not logged: the endpoint is shown without user name and query.
 */
final class StartLine {

    private static final Logger LOG = LoggerFactory.getLogger(InternalEventsClient.class);

    private StartLine() {}

    /**
     * A setting that is logged.
     *
     * @param hint how to set it; null if it was set
     */
    record Setting(String value, @Nullable String hint) {

        @Override
        public String toString() {
            // A line break in a setting must not start a new log line.
            return '"' + Printable.of(value, "?") + '"' + (hint == null ? "" : " (" + hint + ")");
        }
    }

    /**
     * Logs the destination.
     *
     * @param queue see {@link #queue}
     */
    static void sending(List<URI> endpoints, Setting appId, Setting environment, String queue) {
        LOG.info(
                "Internal events are sent to {} as app id {}, environment {}, and queued in {}",
                ClientBuilder.shown(endpoints),
                appId,
                environment,
                queue);
    }

    /** Returns where events are queued, as part of the line. */
    static String queue(@Nullable Path outbox, WhenFull whenFull, boolean isOutboxUsable) {
        if (!isOutboxUsable) {
            return "memory, because the outbox cannot be used (see above)";
        } else if (outbox != null) {
            return "the outbox " + outbox.toAbsolutePath();
        }
        return whenFull instanceof WhenFull.Spill spill
                ? "memory, then in " + spill.folder().toAbsolutePath()
                : "memory";
    }

    static void operationalOnly() {
        LOG.info("Product usage data is switched off: only operational internal events are sent");
    }

    static void switchedOff(String howToEnable) {
        LOG.info("Internal events are switched off and not sent; to send them, {}", howToEnable);
    }

    /**
     * @param checked whether interceptors still see the events
     * @param passed whether listeners still receive them
     */
    static void notSent(boolean checked, boolean passed, String howToEnable) {
        if (!checked && !passed) {
            switchedOff(howToEnable);
            return;
        }
        LOG.info(
                "Internal events are switched off: they are {}{}{} in this process, but not sent; to send them, {}",
                checked ? "checked" : "",
                checked && passed ? " and " : "",
                passed ? "passed to listeners" : "",
                howToEnable);
    }
}
