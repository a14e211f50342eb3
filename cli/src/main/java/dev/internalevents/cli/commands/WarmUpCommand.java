package dev.internalevents.cli.commands;

import dev.internalevents.cli.http.Http;
import dev.internalevents.collector.Collector;
import dev.internalevents.collector.CollectorSettings;
import dev.internalevents.protocol.Json;
import dev.internalevents.protocol.PayloadData;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** Starts a local collector and uses it once, so that the JVM can archive the classes that it loads. */
@Command(name = "warm-up", hidden = true, description = "Load the classes that the local collector needs, and exit.")
public final class WarmUpCommand implements Callable<Integer> {

    @Override
    public Integer call() throws IOException, InterruptedException {
        try (Collector collector = Collector.start(CollectorSettings.local(0))) {
            Http.post(
                    collector.url() + "/com.snowplowanalytics.snowplow/tp2",
                    payload(),
                    Map.of("Content-Type", "application/json"));
            Http.get(collector.url() + "/micro/good");
            Http.post(collector.url() + "/micro/events", "{}", Map.of());
            Http.get(collector.url() + "/micro/ui");
        }
        return 0;
    }

    /** Returns a request with one event that has the context of the client. */
    private static String payload() {
        Object standard = selfDescribing(
                "iglu:com.gitlab/gitlab_standard/jsonschema/1-1-7", Map.of("environment", "x"));
        Object contexts = selfDescribing(
                "iglu:com.snowplowanalytics.snowplow/contexts/jsonschema/1-0-0", List.of(standard));
        Map<String, String> event =
                Map.of("e", "se", "se_ca", "c", "se_ac", "warm_up", "co", Json.write(contexts));
        return Json.write(selfDescribing(PayloadData.SCHEMA.toString(), List.of(event)));
    }

    private static Map<String, Object> selfDescribing(String schema, Object data) {
        return Map.of("schema", schema, "data", data);
    }
}
