package dev.internalevents.collector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.internalevents.iglu.Registry;
import dev.internalevents.protocol.SchemaKey;
import dev.internalevents.testkit.Payloads;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Memory runs out for one event each time it is processed: during its schema's look-up, so that no other event is
 * affected.
 */
@Tag("slow")
class OutOfMemoryTest {

    private static final String PAGE_VIEW = "{\"e\":\"pv\",\"p\":\"web\"}";
    private static final String HUGE = Payloads.selfDescribingEvent("iglu:com.acme/huge/jsonschema/1-0-0", Map.of());

    @TempDir
    Path folder;

    private final CompletableFuture<Void> answered = new CompletableFuture<>();

    @AutoClose
    private final TestCollector collector = new TestCollector();

    private void start(boolean inFolder) throws Exception {
        CollectorSettingsBuilder settings =
                inFolder ? CollectorSettings.collector(folder).readYourWrites(true) : CollectorSettings.micro();
        collector.start(settings.iglu(new Registry() {
            @Override
            public String name() {
                return "full";
            }

            @Override
            public Answer find(SchemaKey key) {
                if (!key.vendor().equals("com.acme")) {
                    return new Missing();
                } else if (answered.isDone()) {
                    throw new OutOfMemoryError("Java heap space");
                }
                return new Pending("the registry full has not answered yet", answered, true);
            }
        }));
    }

    private void awaitOneFailed() throws Exception {
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() ->
                        assertThat(collector.json("/micro/all")).hasToString("{\"total\":5,\"good\":4,\"bad\":1}"));
        assertThat(collector.json("/micro/bad").get(0).at("/errors/0").asString())
                .contains(
                        "processing it takes more memory than is available; send smaller events, or give the collector a"
                                + " larger heap (-Xmx)");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void an_event_that_memory_runs_out_for_fails_alone_and_the_others_of_its_request_live(boolean inFolder)
            throws Exception {
        answered.complete(null);
        start(inFolder);
        collector.track(PAGE_VIEW);
        collector.track(PAGE_VIEW + "," + HUGE + "," + PAGE_VIEW);
        collector.track(PAGE_VIEW);
        awaitOneFailed();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void the_same_if_it_waited_for_its_schema(boolean inFolder) throws Exception {
        start(inFolder);
        collector.track(PAGE_VIEW);
        collector.track(PAGE_VIEW + "," + HUGE + "," + PAGE_VIEW);
        await().atMost(Duration.ofSeconds(60)).until(() -> collector.processor().aside() == 1);
        answered.complete(null);
        collector.track(PAGE_VIEW);
        awaitOneFailed();
    }

    @Test
    void it_stays_failed_when_it_is_tried_again() throws Exception {
        answered.complete(null);
        start(false);
        collector.track(PAGE_VIEW + "," + PAGE_VIEW + "," + HUGE + "," + PAGE_VIEW + "," + PAGE_VIEW);
        awaitOneFailed();
        assertThat(collector.post("/micro/failed/retry", "").statusCode()).isEqualTo(200);
        awaitOneFailed();
    }
}
