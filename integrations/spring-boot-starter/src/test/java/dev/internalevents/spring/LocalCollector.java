package dev.internalevents.spring;

import dev.internalevents.collector.Collector;
import dev.internalevents.collector.CollectorSettings;
import dev.internalevents.testkit.TestHttp;
import java.io.IOException;
import java.io.UncheckedIOException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A collector in memory that an application sends to. */
final class LocalCollector {

    private LocalCollector() {}

    /** Starts a collector on a free port. */
    static Collector start() {
        try {
            return Collector.start(CollectorSettings.local(0));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the good events of a collector. */
    static JsonNode good(Collector collector) throws IOException, InterruptedException {
        return JsonMapper.shared()
                .readTree(TestHttp.get(collector.url() + "/micro/good").body());
    }
}
