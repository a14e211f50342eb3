package dev.internalevents.collector;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * A folder of the first version that had a store opens. Its collector had answered eleven requests, nine of them with a
 * good event, and was killed right after the last three.
 */
class UpgradeTest {

    @TempDir
    Path folder;

    @AutoClose
    private final TestCollector collector = new TestCollector();

    @BeforeEach
    void unpack() throws IOException {
        try (InputStream file = Objects.requireNonNull(UpgradeTest.class.getResourceAsStream("first-folder.zip"));
                ZipInputStream zip = new ZipInputStream(file)) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                Path target = folder.resolve(entry.getName());
                Files.createDirectories(Objects.requireNonNull(target.getParent()));
                Files.copy(zip, target);
            }
        }
    }

    @Test
    void nothing_is_lost_and_ids_are_still_known() throws Exception {
        collector.start(CollectorSettings.collector(folder));
        collector.awaitStored();

        JsonNode all = collector.json("/micro/all");
        assertThat(all.path("good").asInt()).isEqualTo(9);
        assertThat(all.path("bad").asInt()).isEqualTo(2);
        JsonNode order = collector.json(
                "/micro/events",
                "{\"filters\":[{\"column\":\"event_id\",\"values\":[\"00000003-2222-4222-8222-222222222222\"]}]}");
        assertThat(order.at("/events/0/se_action").asString()).isEqualTo("place_order");
        assertThat(order.at("/events/0/se_value").asDouble()).isEqualTo(3);
        assertThat(order.at("/events/0/contexts_com_gitlab_gitlab_standard_1/0/user_id")
                        .asInt())
                .isEqualTo(7);
        assertThat(collector.get("/metrics").body())
                .contains("\ninternal_events_lost_requests_total 0.0\n", "\ninternal_events_lost_events_total 0.0\n");

        collector.track("{\"e\":\"pv\",\"p\":\"web\",\"tv\":\"t-1\",\"aid\":\"shop\","
                + "\"url\":\"https://shop.example/cart\",\"eid\":\"00000006-2222-4222-8222-222222222222\"}");
        collector.track("{\"e\":\"pv\",\"p\":\"web\",\"tv\":\"t-1\",\"url\":\"https://shop.example/new\"}");
        collector.awaitStored();
        assertThat(collector.json("/micro/all").path("good").asInt()).isEqualTo(10);
    }
}
