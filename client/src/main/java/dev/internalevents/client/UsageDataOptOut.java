package dev.internalevents.client;

import dev.internalevents.protocol.ForeignCode;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides which events are sent although product usage data is switched off: operational ones. As in GitLab, these are
 * the events with {@code classification: duo} and some events of the IDE extension, unless the AI models are
 * self-hosted.
 */
final class UsageDataOptOut {

    private static final Logger LOG = LoggerFactory.getLogger(UsageDataOptOut.class);

    private static final String IDE_EXTENSION = "gitlab_ide_extension";

    private static final Set<String> ACTIONS_OF_IDE_EXTENSION = Set.of(
            "click_button",
            "message_sent",
            "open_quick_chat",
            "shortcut",
            "suggestion_accepted",
            "suggestion_cancelled",
            "suggestion_error",
            "suggestion_loaded",
            "suggestion_not_provided",
            "suggestion_rejected",
            "suggestion_request_rejected",
            "suggestion_requested",
            "suggestion_shown",
            "suggestion_stream_completed",
            "suggestion_stream_started");

    private final boolean selfHostedAi;
    private final boolean isIdeExtension;
    private final EventCatalog catalog;
    private final @Nullable Predicate<String> exempt;

    UsageDataOptOut(String appId, boolean selfHostedAi, EventCatalog catalog, @Nullable Predicate<String> exempt) {
        this.selfHostedAi = selfHostedAi;
        this.isIdeExtension = appId.equals(IDE_EXTENSION);
        this.catalog = catalog;
        this.exempt = exempt;
    }

    boolean isSent(String eventName) {
        return (!selfHostedAi && isOperational(eventName)) || isExempt(eventName);
    }

    private boolean isOperational(String eventName) {
        return (isIdeExtension && ACTIONS_OF_IDE_EXTENSION.contains(eventName)) || catalog.isAboutAi(eventName);
    }

    private boolean isExempt(String eventName) {
        try {
            return exempt != null && exempt.test(eventName);
        } catch (Throwable e) {
            ForeignCode.caught(e);
            LOG.debug("the optOutExempt predicate failed; the event is not sent", e);
            return false;
        }
    }
}
