package dev.internalevents.collector.dashboard;

import dev.internalevents.collector.http.Answers;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;

/** The dashboard's files; what its page shows comes from Micro's API. */
public final class Dashboard {

    private final DashboardFiles files = new DashboardFiles();

    /**
     * Answers a request, if it is one of the dashboard's.
     *
     * @param path below {@code /micro}, with a leading slash
     * @return whether it was
     */
    public boolean handle(HttpServerRequest request, String path) {
        if (!path.equals("/ui") && !path.startsWith("/ui/")) {
            return false;
        }
        if (!request.method().equals(HttpMethod.GET) && !request.method().equals(HttpMethod.HEAD)) {
            request.response().putHeader("Allow", "GET");
            Answers.error(request, 405, request.path() + " takes GET");
            return true;
        }
        return files.handle(request, path.substring("/ui".length()));
    }
}
