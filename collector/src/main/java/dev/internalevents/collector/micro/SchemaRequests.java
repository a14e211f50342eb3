package dev.internalevents.collector.micro;

import dev.internalevents.collector.http.Answers;
import dev.internalevents.iglu.Resolver;
import dev.internalevents.iglu.SchemaCheck;
import dev.internalevents.iglu.SchemaProblem;
import dev.internalevents.protocol.SchemaKey;
import dev.internalevents.protocol.SchemaVersion;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code /micro/iglu/VENDOR/NAME/jsonschema/VERSION}: looks a schema up in the registries, as the pipeline does. */
public final class SchemaRequests {

    /** Longer than any look-up over the network. */
    private static final Duration LOOK_UP = Duration.ofSeconds(6);

    private final Vertx vertx;
    private final Resolver resolver;

    public SchemaRequests(Vertx vertx, Resolver resolver) {
        this.vertx = vertx;
        this.resolver = resolver;
    }

    /**
     * Answers with a schema, or with what is wrong with it.
     *
     * @param path the part of the path after {@code /micro/iglu/}
     */
    public void answer(HttpServerRequest request, String path) {
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
        vertx.executeBlocking(() -> LookedUp.of(key, resolver.resolve(key, LOOK_UP)), false)
                .onComplete(resolved -> {
                    if (resolved.failed()) {
                        Answers.error(
                                request, 500, String.valueOf(resolved.cause().getMessage()));
                    } else if (resolved.result().resolution() instanceof Resolver.Pending pending) {
                        Answers.error(request, 503, key + " cannot be looked up now: " + pending.reason());
                    } else if (resolved.result().resolution() instanceof Resolver.Refused refused) {
                        Answers.error(request, 502, key + " could not be looked up: " + refused.reason());
                    } else if (resolved.result().resolution() instanceof Resolver.Found found) {
                        schema(request, key, found, resolved.result().problems());
                    } else {
                        Resolver.NotFound missing =
                                (Resolver.NotFound) resolved.result().resolution();
                        List<String> tried = missing.tried();
                        List<String> unreadable = missing.unreadable();
                        Map<String, Object> error = new LinkedHashMap<>();
                        error.put(
                                "error",
                                unreadable.isEmpty()
                                        ? key + " is in none of the registries"
                                        : String.join("; ", unreadable));
                        error.put("tried", tried);
                        Answers.json(request, 404, error);
                    }
                });
    }

    private static void schema(
            HttpServerRequest request, SchemaKey key, Resolver.Found found, List<SchemaProblem> problems) {
        if (problems.isEmpty()) {
            Answers.jsonText(request, 200, found.schema());
            return;
        }
        Map<String, Object> wrong = new LinkedHashMap<>();
        wrong.put("error", key + ", found in " + found.registry() + ", cannot be used: each event that needs it fails");
        wrong.put("problems", problems.stream().map(SchemaRequests::problem).toList());
        wrong.put("schema", found.schema());
        Answers.json(request, 422, wrong);
    }

    private static Map<String, Object> problem(SchemaProblem problem) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("pointer", problem.pointer());
        json.put("message", problem.message());
        return json;
    }

    /** The result of a schema's look-up, with the problems of the schema if it was found. */
    private record LookedUp(Resolver.Resolution resolution, List<SchemaProblem> problems) {

        static LookedUp of(SchemaKey key, Resolver.Resolution resolution) {
            return new LookedUp(
                    resolution,
                    resolution instanceof Resolver.Found found ? SchemaCheck.problems(key, found.schema()) : List.of());
        }
    }
}
