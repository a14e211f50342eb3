package dev.internalevents.collector.micro;

import dev.internalevents.collector.http.Answers;
import dev.internalevents.collector.http.FetchMetadata;
import dev.internalevents.collector.http.HostNames;
import dev.internalevents.collector.query.StoreQueries;
import dev.internalevents.collector.query.TestSession;
import dev.internalevents.store.EventStore;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.HostAndPort;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code POST /micro/reset}: removes all events, or those of one session if the request names one. A local collector
 * also accepts the GET that tests written for Micro send, but never a GET by a browser, which any page or the address
 * bar can cause.
 *
 * <p>Tests that drive a browser send a browser's {@code User-Agent} themselves. With {@code --compat micro}, the
 * collector accepts their GET where browsers mark their own requests with {@code Sec-Fetch-Site}: over TLS, and to the
 * names of this machine. To other names over plain HTTP, a page can send a GET without {@code Sec-Fetch-Site},
 * {@code Origin} and {@code Referer}; there, only the {@code User-Agent} reveals a browser.
 */
public final class ResetEvents {

    private static final Logger LOG = LoggerFactory.getLogger(ResetEvents.class);

    private final StoreQueries queries;
    private final Rules rules;
    private final Function<HttpServerRequest, String> caller;

    /** Whether a GET removes events. */
    public enum ByGet {
        NEVER,
        /** If it is sent to one of the names of this machine. */
        TO_LOOPBACK,
        /** Under every host name that the collector answers to. */
        ALWAYS
    }

    /**
     * When a reset is allowed.
     *
     * @param allowed whether it is allowed at all
     * @param byGet whether it is allowed with GET
     * @param logged whether each reset is logged, at level WARN
     */
    public record Rules(boolean allowed, ByGet byGet, boolean logged) {}

    /** @param caller describes for the log how a request's sender authenticated and from which address */
    public ResetEvents(StoreQueries queries, Rules rules, Function<HttpServerRequest, String> caller) {
        this.queries = queries;
        this.rules = rules;
        this.caller = caller;
    }

    public void answer(HttpServerRequest request) {
        if (!rules.allowed()) {
            Answers.error(
                    request,
                    403,
                    "this collector does not remove events on request; to allow that, start it with --allow-reset");
            return;
        }
        String fault = request.method().equals(HttpMethod.POST) ? null : fault(request);
        if (fault != null) {
            request.response().putHeader("Allow", "POST");
            Answers.error(request, 405, fault);
        } else {
            reset(request, TestSession.of(request));
        }
    }

    private void reset(HttpServerRequest request, @Nullable String session) {
        String who = caller.apply(request);
        queries.change(
                request,
                store -> {
                    EventStore.Summary before = store.summary(session);
                    EventStore.Summary after = store.reset(session);
                    if (rules.logged()) {
                        LOG.warn(
                                "/micro/reset removed {} events{}, requested {}",
                                before.total() - after.total(),
                                session == null ? "" : " of one session",
                                who);
                    }
                    return after;
                },
                (to, summary) -> Answers.json(to, EventRows.summary(summary)));
    }

    /** Returns why a request that is not a POST must not remove events; null if it may. */
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
            return "/micro/reset takes POST; this GET has the header " + header + ", as the requests of web pages do";
        }
        if (!FetchMetadata.isBrowser(request)) {
            return null;
        }
        if (rules.byGet() == ByGet.TO_LOOPBACK) {
            return "/micro/reset takes POST; this GET has the User-Agent of a browser, and resets only if the collector"
                    + " was started with --compat micro";
        }
        return toLoopback || request.isSSL()
                ? null
                : "/micro/reset takes POST; this GET has the User-Agent of a browser and was sent to \"" + sentTo.host()
                        + "\" over plain HTTP, where a page's GET can look the same. Use POST, https, or localhost";
    }
}
