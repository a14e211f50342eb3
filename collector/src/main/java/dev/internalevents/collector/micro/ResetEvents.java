package dev.internalevents.collector.micro;

import dev.internalevents.collector.http.Answers;
import dev.internalevents.collector.http.FetchMetadata;
import dev.internalevents.collector.http.HostNames;
import dev.internalevents.collector.store.EventStore;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code POST /micro/reset}: removes the events, of one session if the request names one. A local collector also takes the
 * GET that tests written for Micro send; no GET of a browser, which any page or the address bar can cause.
 */
public final class ResetEvents {

    private static final Logger LOG = LoggerFactory.getLogger(ResetEvents.class);

    private final Stores stores;
    private final Rules rules;
    private final Function<HttpServerRequest, String> caller;

    /** Whether a GET resets. */
    public enum ByGet {
        NEVER,
        /** When it is sent to this machine by one of its own names. */
        TO_LOOPBACK,
        /** Under each name that the collector answers to. */
        ALWAYS
    }

    /**
     * Who may reset.
     *
     * @param allowed whether anybody may
     * @param byGet whether by GET too
     * @param logged whether each reset leaves a line in the log, at level WARN
     */
    public record Rules(boolean allowed, ByGet byGet, boolean logged) {}

    /** @param caller how the sender of a request was let in and from where, for the log */
    public ResetEvents(Stores stores, Rules rules, Function<HttpServerRequest, String> caller) {
        this.stores = stores;
        this.rules = rules;
        this.caller = caller;
    }

    void answer(HttpServerRequest request, @Nullable String session) {
        if (!rules.allowed()) {
            Answers.error(
                    request,
                    403,
                    "this collector does not remove events on request; start it with --allow-reset if it should");
        } else if (!request.method().equals(HttpMethod.POST) && !isAllowedGet(request)) {
            request.response().putHeader("Allow", "POST");
            Answers.error(request, 405, byGet());
        } else {
            reset(request, session);
        }
    }

    private void reset(HttpServerRequest request, @Nullable String session) {
        String who = caller.apply(request);
        stores.change(
                request,
                store -> {
                    EventStore.Summary before = store.summary(session);
                    EventStore.Summary after = store.reset(session);
                    if (rules.logged()) {
                        LOG.warn(
                                "/micro/reset removed {} events{}, asked {}",
                                before.total() - after.total(),
                                session == null ? "" : " of one session",
                                who);
                    }
                    return after;
                },
                (to, summary) -> Answers.json(to, EventRows.summary(summary)));
    }

    private boolean isAllowedGet(HttpServerRequest request) {
        if (rules.byGet() == ByGet.NEVER
                || !request.method().equals(HttpMethod.GET)
                || FetchMetadata.isBrowser(request)) {
            return false;
        }
        return rules.byGet() == ByGet.ALWAYS
                || request.authority() == null
                || HostNames.isLoopback(request.authority().host());
    }

    private String byGet() {
        return rules.byGet() == ByGet.NEVER
                ? "/micro/reset takes POST"
                : "/micro/reset takes POST; GET from a program alone, sent to 127.0.0.1 or localhost unless the collector"
                        + " was started with --compat micro";
    }
}
