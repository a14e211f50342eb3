package dev.internalevents.client;

import dev.internalevents.protocol.ForeignCode;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Combines all catalogs of a client; exceptions of a catalog are logged. */
final class EventCatalogs implements EventCatalog {

    private static final Logger LOG = LoggerFactory.getLogger(EventCatalogs.class);

    private final EventCatalog[] catalogs;

    /** @param interceptors the client's; those that are also catalogs are used */
    EventCatalogs(List<EventInterceptor> interceptors) {
        this.catalogs = interceptors.stream()
                .filter(EventCatalog.class::isInstance)
                .map(EventCatalog.class::cast)
                .toArray(EventCatalog[]::new);
    }

    boolean isEmpty() {
        return catalogs.length == 0;
    }

    @Override
    public boolean isAboutAi(String eventName) {
        return isAny(eventName, true);
    }

    @Override
    public boolean feedsMetric(String eventName) {
        return isAny(eventName, false);
    }

    private boolean isAny(String eventName, boolean aboutAi) {
        for (EventCatalog catalog : catalogs) {
            try {
                if (aboutAi ? catalog.isAboutAi(eventName) : catalog.feedsMetric(eventName)) {
                    return true;
                }
            } catch (Throwable e) {
                ForeignCode.caught(e);
                LOG.debug("an event catalog failed", e);
            }
        }
        return false;
    }
}
