package dev.internalevents.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.cloud.tools.jib.api.Containerizer;
import com.google.cloud.tools.jib.api.Jib;
import com.google.cloud.tools.jib.api.TarImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Builds the image on a small base image of its own, and reads what it consists of. */
class ImageTest {

    private static final Instant TIME = Instant.parse("2026-11-01T00:00:00Z");

    private static Path folder;
    private static JsonNode config;
    private static final List<String> LAYERS = new ArrayList<>();

    @BeforeAll
    static void build() throws Exception {
        folder = Installation.openFolder("image");
        Path marker = Files.writeString(folder.resolve("marker"), "base");
        Path base = folder.resolve("base.tar");
        Jib.fromScratch()
                .addLayer(List.of(marker), "/etc")
                .addEnvironmentVariable("JAVA_HOME", "/opt/java")
                .containerize(Containerizer.to(TarImage.at(base).named("base"))
                        .setBaseImageLayersCache(folder.resolve("cache"))
                        .setApplicationLayersCache(folder.resolve("cache")));
        Path distribution = Installation.TARGET.resolve(Installation.NAME).resolve(Installation.NAME);
        Path tar = folder.resolve("image.tar");
        ImageBuild.build("tar://" + base, distribution, "internal-events:test", TIME, tar);

        Path layout = Files.createDirectory(folder.resolve("layout"));
        Installation.run(Map.of(), "tar", "-xf", tar.toString(), "-C", layout.toString());
        JsonNode index = JsonMapper.shared().readTree(Files.readString(layout.resolve("index.json")));
        JsonNode manifest = blob(layout, index.at("/manifests/0/digest").asString());
        config = blob(layout, manifest.at("/config/digest").asString());
        Path root = Files.createDirectory(folder.resolve("root"));
        for (JsonNode layer : manifest.path("layers")) {
            Path file = file(layout, layer.path("digest").asString());
            LAYERS.add(Installation.run(Map.of(), "tar", "--numeric-owner", "-tvzf", file.toString()));
            Installation.run(Map.of(), "tar", "-xzf", file.toString(), "-C", root.toString());
        }
    }

    private static JsonNode blob(Path layout, String digest) throws Exception {
        return JsonMapper.shared().readTree(Files.readString(file(layout, digest)));
    }

    private static Path file(Path layout, String digest) {
        return layout.resolve("blobs").resolve(digest.replace(':', '/'));
    }

    @AfterAll
    static void remove() throws Exception {
        Installation.delete(folder);
    }

    @Test
    void the_collector_is_the_default_and_runs_as_another_user_than_root() {
        JsonNode run = config.path("config");

        assertThat(run.path("Entrypoint").toString()).isEqualTo("[\"/opt/internal-events/bin/internal-events\"]");
        assertThat(run.path("Cmd").toString()).isEqualTo("[\"collector\"]");
        assertThat(run.path("User").asString()).isEqualTo("10001:10001");
        assertThat(run.path("WorkingDir").asString()).isEqualTo("/data");
        assertThat(run.path("ExposedPorts").toString()).isEqualTo("{\"9091/tcp\":{}}");
        assertThat(run.path("Volumes").toString()).isEqualTo("{\"/data\":{}}");
        assertThat(run.path("Env").toString())
                .contains("JAVA_HOME=/opt/java", "INTERNAL_EVENTS_DATA=/data", "INTERNAL_EVENTS_HOST=0.0.0.0");
    }

    @Test
    void libraries_have_a_layer_of_their_own_and_the_volume_belongs_to_the_user() {
        assertThat(LAYERS).hasSize(4);
        assertThat(LAYERS.get(0)).contains("etc/marker");
        assertThat(LAYERS.get(1)).containsPattern("drwx------ 10001/10001 .* data/");
        assertThat(LAYERS.get(2)).contains("duckdb").doesNotContain("internal-events-cli");
        assertThat(LAYERS.get(3))
                .containsPattern("-rwxr-xr-x 0/0 .* opt/internal-events/bin/internal-events\n")
                .contains("internal-events-cli")
                .doesNotContain("duckdb_jdbc");
    }

    @Test
    void what_is_in_the_layers_runs() throws Exception {
        Path script = folder.resolve("root/opt/internal-events/bin/internal-events");
        Installation.run(Map.of(), "chmod", "-R", "a+rX", folder.toString());
        try (Installation.Running micro =
                Installation.start(script, folder, Installation.jvms().get(0), Map.of(), "micro", "--port", "0")) {
            assertThat(micro.url()).startsWith("http://127.0.0.1:");
        }
    }
}
