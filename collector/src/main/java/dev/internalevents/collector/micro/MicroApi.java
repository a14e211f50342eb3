package dev.internalevents.collector.micro;

import dev.internalevents.collector.http.Answers;
import dev.internalevents.collector.http.BodyReader;
import dev.internalevents.collector.store.EventStore;
import dev.internalevents.collector.store.StoredEvent;
import dev.internalevents.iglu.Resolver;
import dev.internalevents.pipeline.FailedEvent;
import dev.internalevents.pipeline.GoodEvent;
import dev.internalevents.protocol.JsonWriter;
import dev.internalevents.protocol.MalformedPayloadException;
import dev.internalevents.protocol.SchemaKey;
import dev.internalevents.protocol.SchemaVersion;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Function;

/** Micro's API as its users know it: all, good, bad, reset, iglu. */
public final class MicroApi {

    private final Vertx vertx;
    private final EventStore store;
    private final Resolver resolver;
    private final BodyReader bodies;

    public MicroApi(Vertx vertx, EventStore store, Resolver resolver, BodyReader bodies) {
        this.vertx = vertx;
        this.store = store;
        this.resolver = resolver;
        this.bodies = bodies;
    }

    /**
     * Answers a request, if it is one of Micro's.
     *
     * @param path below {@code /micro}, with a leading slash
     * @return whether it was
     */
    public boolean handle(HttpServerRequest request, String path) {
        switch (path) {
            case "/all" -> ifAllowed(request, () -> Answers.json(request, summary(store.summary())));
            case "/reset" -> ifAllowed(request, () -> Answers.json(request, summary(store.reset())));
            case "/good" -> events(request, MicroFilters.allGood(), MicroFilters::good);
            case "/bad" -> events(request, MicroFilters.allBad(), MicroFilters::bad);
            default -> {
                if (!path.startsWith("/iglu/")) {
                    return false;
                }
                iglu(request, path.substring("/iglu/".length()));
            }
        }
        return true;
    }

    private static void ifAllowed(HttpServerRequest request, Runnable answer) {
        if (isGet(request) || request.method().equals(HttpMethod.POST)) {
            answer.run();
        } else {
            request.response().putHeader("Allow", "GET, POST");
            Answers.error(request, 405, request.path() + " takes GET and POST");
        }
    }

    private static boolean isGet(HttpServerRequest request) {
        return request.method().equals(HttpMethod.GET) || request.method().equals(HttpMethod.HEAD);
    }

    private void events(
            HttpServerRequest request, MicroFilters.Filter all, Function<byte[], MicroFilters.Filter> filter) {
        if (isGet(request)) {
            answer(request, () -> list(all));
        } else {
            ifAllowed(
                    request,
                    () -> bodies.read(request, body -> {
                        byte[] bytes = body.bytes();
                        body.release();
                        answer(request, () -> list(filter.apply(bytes)));
                    }));
        }
    }

    private JsonWriter list(MicroFilters.Filter filter) {
        JsonWriter json = new JsonWriter(4096).beginArray();
        for (StoredEvent stored : store.newest(filter.matching(), filter.limit())) {
            json.value(
                    stored.event() instanceof GoodEvent good
                            ? MicroJson.good(good)
                            : MicroJson.bad((FailedEvent) stored.event()));
        }
        return json.endArray();
    }

    private void iglu(HttpServerRequest request, String path) {
        if (!isGet(request)) {
            request.response().putHeader("Allow", "GET");
            Answers.error(request, 405, request.path() + " takes GET");
            return;
        }
        String[] parts = path.split("/", -1);
        SchemaKey key;
        try {
            if (parts.length != 4) {
                throw new IllegalArgumentException("expected /micro/iglu/VENDOR/NAME/jsonschema/VERSION");
            }
            key = new SchemaKey(parts[0], parts[1], parts[2], SchemaVersion.parse(parts[3]));
        } catch (IllegalArgumentException e) {
            Answers.error(request, 404, String.valueOf(e.getMessage()));
            return;
        }
        vertx.executeBlocking(() -> resolver.resolve(key), false).onComplete(resolved -> {
            if (resolved.failed()) {
                Answers.error(request, 500, String.valueOf(resolved.cause().getMessage()));
            } else if (resolved.result() instanceof Resolver.Found found) {
                Answers.jsonText(request, 200, found.schema());
            } else {
                List<String> tried = ((Resolver.NotFound) resolved.result()).tried();
                Map<String, Object> error = new LinkedHashMap<>();
                error.put("error", key + " is in none of the registries");
                error.put("tried", tried);
                Answers.json(request, 404, error);
            }
        });
    }

    private void answer(HttpServerRequest request, Callable<JsonWriter> json) {
        vertx.executeBlocking(json, false).onComplete(made -> {
            if (made.succeeded()) {
                Answers.json(request, made.result());
            } else if (made.cause() instanceof MalformedPayloadException e) {
                Answers.error(request, 400, String.valueOf(e.getMessage()));
            } else {
                Answers.error(request, 500, String.valueOf(made.cause()));
            }
        });
    }

    private static Map<String, Object> summary(EventStore.Summary summary) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("total", summary.total());
        json.put("good", summary.good());
        json.put("bad", summary.bad());
        return json;
    }
}
