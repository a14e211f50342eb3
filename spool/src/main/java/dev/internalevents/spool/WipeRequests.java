package dev.internalevents.spool;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Requests to overwrite committed frames now, which the keeper fulfils. Safe for use by any thread. */
final class WipeRequests {

    private final List<CompletableFuture<Void>> open = new ArrayList<>();
    private boolean ended;

    /** Adds a request; it is complete at once if the spool is closed. */
    synchronized CompletableFuture<Void> add() {
        CompletableFuture<Void> request = new CompletableFuture<>();
        if (ended) {
            request.complete(null);
        } else {
            open.add(request);
        }
        return request;
    }

    /** Returns the open requests; the caller completes them. */
    synchronized List<CompletableFuture<Void>> take() {
        List<CompletableFuture<Void>> taken = List.copyOf(open);
        open.clear();
        return taken;
    }

    /** Completes all requests, and those added from now on: the next start does the rest. */
    void end() {
        synchronized (this) {
            ended = true;
        }
        take().forEach(request -> request.complete(null));
    }
}
