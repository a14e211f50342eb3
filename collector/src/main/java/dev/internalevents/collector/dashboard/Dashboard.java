package dev.internalevents.collector.dashboard;

import dev.internalevents.collector.http.Answers;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;

/** Serves the dashboard's files. The page gets its data from Micro's API. */
public final class Dashboard {

    private final DashboardFiles files = new DashboardFiles();

    /**
     * Answers a request to the dashboard; ignores any other.
     *
     * @param path the part after {@code /micro}, with a leading slash
     * @return whether the request was answered
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
