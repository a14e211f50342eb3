package dev.internalevents.cli.commands;

import dev.internalevents.cli.http.Http;
import dev.internalevents.collector.Collector;
import dev.internalevents.collector.CollectorSettings;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** Starts a local collector and uses it once, so that the JVM can archive the classes that it loads. */
@Command(name = "warm-up", hidden = true, description = "Load the classes that the local collector needs, and exit.")
public final class WarmUpCommand implements Callable<Integer> {

    private static final String EVENT =
            "{\"schema\":\"iglu:com.snowplowanalytics.snowplow/payload_data/jsonschema/1-0-4\","
                    + "\"data\":[{\"e\":\"se\",\"se_ca\":\"c\",\"se_ac\":\"warm_up\",\"co\":\"{\\\"schema\\\":"
                    + "\\\"iglu:com.snowplowanalytics.snowplow/contexts/jsonschema/1-0-0\\\",\\\"data\\\":[{\\\"schema\\\":"
                    + "\\\"iglu:com.gitlab/gitlab_standard/jsonschema/1-1-7\\\",\\\"data\\\":{\\\"environment\\\":\\\"x\\\"}}]}\"}]}";

    @Override
    public Integer call() throws IOException, InterruptedException {
        try (Collector collector = Collector.start(CollectorSettings.local(0))) {
            Http.post(
                    collector.url() + "/com.snowplowanalytics.snowplow/tp2",
                    EVENT,
                    Map.of("Content-Type", "application/json"));
            Http.get(collector.url() + "/micro/good");
            Http.post(collector.url() + "/micro/events", "{}", Map.of());
            Http.get(collector.url() + "/micro/ui");
        }
        return 0;
    }
}
