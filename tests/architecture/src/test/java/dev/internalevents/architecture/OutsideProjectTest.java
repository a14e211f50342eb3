package dev.internalevents.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.eclipse.aether.artifact.Artifact;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The class path of a project outside of this repository: it imports the BOM, and has the JUnit kit and the collector
 * as dependencies. Runs after the modules are packaged.
 */
@Tag("slow")
class OutsideProjectTest {

    private static final long MAX_BYTES = 20_000_000;

    private static OutsideProject project;
    private static List<Artifact> classPath;

    @BeforeAll
    static void resolve() throws Exception {
        project = OutsideProject.open();
        classPath = project.classPath("internal-events-junit", "internal-events-collector");
    }

    @AfterAll
    static void close() {
        project.close();
    }

    @Test
    void the_kit_with_a_collector_takes_less_than_20_megabytes() throws IOException {
        Map<Artifact, Long> sizes = new TreeMap<>(Comparator.comparing(Artifact::toString));
        for (Artifact artifact : classPath) {
            sizes.put(artifact, Files.size(artifact.getPath()));
        }
        String largest = sizes.entrySet().stream()
                .sorted(Map.Entry.<Artifact, Long>comparingByValue().reversed())
                .limit(10)
                .map(jar -> String.format(
                        Locale.ROOT, "%,12d %s", jar.getValue(), jar.getKey().getArtifactId()))
                .collect(Collectors.joining("\n"));

        assertThat(sizes.values().stream().mapToLong(Long::longValue).sum())
                .as("bytes of %d jars; the largest are\n%s\n", sizes.size(), largest)
                .isBetween(5_000_000L, MAX_BYTES);
    }

    @Test
    void libraries_have_the_versions_that_this_project_is_built_with() {
        assertThat(versionOf("tools.jackson.core", "jackson-databind")).isEqualTo(built("jackson.version"));
        assertThat(versionOf("tools.jackson.core", "jackson-core")).isEqualTo(built("jackson.version"));
        assertThat(versionOf("org.slf4j", "slf4j-api")).isEqualTo(built("slf4j.version"));
        assertThat(versionOf("io.netty", "netty-codec-http")).isEqualTo(built("netty.version"));
        assertThat(versionOf("com.github.ben-manes.caffeine", "caffeine")).isEqualTo(built("caffeine.version"));
    }

    @Test
    void assertj_and_commons_compress_are_left_to_the_projects_that_use_them() {
        assertThat(classPath)
                .extracting(Artifact::getArtifactId)
                .contains("internal-events-client", "junit-jupiter-api", "vertx-core")
                .doesNotContain("assertj-core", "byte-buddy", "commons-compress");
    }

    private static String versionOf(String group, String name) {
        return classPath.stream()
                .filter(artifact -> artifact.getGroupId().equals(group)
                        && artifact.getArtifactId().equals(name))
                .map(Artifact::getVersion)
                .collect(Collectors.joining(", "));
    }

    /** Returns a version in this project's pom. */
    private static String built(String property) {
        Path pom = SourceTree.HOME.resolve("pom.xml");
        return SourceTree.find(pom, "<" + property + ">([^<]+)</").get(0);
    }
}
