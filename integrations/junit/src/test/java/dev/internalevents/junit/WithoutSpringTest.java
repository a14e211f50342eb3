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
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Events;

/** Spring, the starter and the collector are optional: runs the extension in a JVM that has none of them. */
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

    @InternalEventsTest(collector = true)
    static class NeedsTheCollector {

        @Test
        void is_delivered(InternalEventsClient client) {
            client.trackEvent("web_ide_viewed");
        }
    }

    /** Runs the tests above, prints their failures, and exits with 0 if the result is as expected. */
    public static void main(String[] arguments) {
        long passed = execute(Plain.class).succeeded().count();
        long told = execute(NeedsTheCollector.class)
                .failed()
                .filter(event -> event.getRequiredPayload(TestExecutionResult.class)
                        .getThrowable()
                        .map(Throwable::toString)
                        .filter(text -> text.contains("@InternalEventsTest(collector = true) on "
                                + NeedsTheCollector.class.getName()
                                + " needs the artifact dev.internalevents:internal-events-collector, which is not on the"
                                + " class path; add it with scope test"))
                        .isPresent())
                .count();
        System.exit(passed == 1 && told == 1 ? 0 : 1);
    }

    private static Events execute(Class<?> test) {
        Events events = EngineTestKit.engine("junit-jupiter")
                .selectors(selectClass(test))
                .execute()
                .testEvents();
        events.failed().debug(System.out);
        return events;
    }

    @Test
    void runs_without_spring_and_without_a_collector_and_names_it_if_a_test_needs_it(@TempDir Path folder)
            throws Exception {
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
