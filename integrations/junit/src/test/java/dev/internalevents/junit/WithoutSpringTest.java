package dev.internalevents.junit;

import static dev.internalevents.junit.InternalEventsAssertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import dev.internalevents.client.InternalEventsClient;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.platform.testkit.engine.EngineTestKit;

/** Spring, the starter and the collector are optional: the kit runs in a JVM that has none of them. */
class WithoutSpringTest {

    @InternalEventsTest
    static class Plain {

        @Test
        void is_tracked(InternalEventsClient client) {
            assertThatCode(() -> client.trackEvent("web_ide_viewed"))
                    .triggersInternalEvent("web_ide_viewed")
                    .once()
                    .andIncrementsMetric("counts.web_views");
        }
    }

    /** Runs the test above and ends with its number of failures. */
    public static void main(String[] arguments) {
        long passed = EngineTestKit.engine("junit-jupiter")
                .selectors(selectClass(Plain.class))
                .execute()
                .testEvents()
                .succeeded()
                .count();
        System.exit(passed == 1 ? 0 : 1);
    }

    @Test
    void runs_without_spring_and_without_a_collector(@TempDir Path folder) throws Exception {
        String classPath = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> !entry.contains("spring") && !entry.contains("collector"))
                .collect(Collectors.joining(File.pathSeparator));
        Path output = folder.resolve("output");

        Process tests = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        classPath,
                        WithoutSpringTest.class.getName())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();

        assertThat(tests.waitFor(120, TimeUnit.SECONDS)).isTrue();
        assertThat(tests.exitValue())
                .as(Files.readString(output, StandardCharsets.UTF_8))
                .isZero();
    }
}
