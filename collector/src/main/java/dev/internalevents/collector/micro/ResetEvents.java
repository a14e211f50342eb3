package dev.internalevents.collector.micro;

import dev.internalevents.collector.http.Answers;
import dev.internalevents.collector.http.FetchMetadata;
import dev.internalevents.collector.http.HostNames;
import dev.internalevents.store.EventStore;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.HostAndPort;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code POST /micro/reset}: removes the events, of one session if the request names one. A local collector also takes the
 * GET that tests written for Micro send; no GET of a browser, which any page or the address bar can cause.
 *
 * <p>Tests that drive a browser send a browser's {@code User-Agent} themselves. Compatible with Micro, the collector takes
 * their GET where a browser marks its own requests with {@code Sec-Fetch-Site}: over TLS, and to the names of this machine.
 * To another name over plain HTTP a page can send a GET without {@code Sec-Fetch-Site}, {@code Origin} and {@code Referer},
 * so there its {@code User-Agent} is all that gives a browser away.
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
            return;
        }
        String fault = request.method().equals(HttpMethod.POST) ? null : fault(request);
        if (fault != null) {
            request.response().putHeader("Allow", "POST");
            Answers.error(request, 405, fault);
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

    /** Returns why a request that is not a POST does not reset; null if it does. */
    private @Nullable String fault(HttpServerRequest request) {
        if (rules.byGet() == ByGet.NEVER || !request.method().equals(HttpMethod.GET)) {
            return "/micro/reset takes POST; this is a " + request.method().name();
        }
        HostAndPort sentTo = request.authority();
        boolean toLoopback = sentTo == null || HostNames.isLoopback(sentTo.host());
        if (rules.byGet() == ByGet.TO_LOOPBACK && !toLoopback) {
            return "/micro/reset takes POST; a GET to \"" + sentTo.host()
                    + "\" resets only if the collector was started with --compat micro";
        }
        String header = FetchMetadata.headerOfPage(request);
        if (header != null) {
            return "/micro/reset takes POST; this GET has the header " + header + ", as one that a page sends";
        }
        if (!FetchMetadata.isBrowser(request)) {
            return null;
        }
        if (rules.byGet() == ByGet.TO_LOOPBACK) {
            return "/micro/reset takes POST; this GET has the User-Agent of a browser, and resets only if the collector was"
                    + " started with --compat micro";
        }
        return toLoopback || request.isSSL()
                ? null
                : "/micro/reset takes POST; this GET has the User-Agent of a browser and was sent to \"" + sentTo.host()
                        + "\" over plain HTTP, where a page's GET can look the same. Use POST, https, or localhost";
    }
}
