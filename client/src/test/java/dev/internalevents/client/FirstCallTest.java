package dev.internalevents.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.internalevents.client.delivery.ClientStats;
import dev.internalevents.testkit.ChildJvm;
import dev.internalevents.testkit.FakeCollector;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The first call of a process may run on a nearly exhausted stack without breaking later calls. */
@Tag("slow")
class FirstCallTest {

    @TempDir
    private Path folder;

    @AutoClose
    private final FakeCollector sink = new FakeCollector();

    @ParameterizedTest
    @ValueSource(strings = {"", "outbox", "listener", "options", "disabled"})
    void later_calls_work_if_the_first_came_at_the_end_of_a_stack(String mode) throws Exception {
        List<String> lines = run(AtTheEndOfAStack.class, mode);
        assertThat(lines).endsWith("well");
        if (!mode.equals("disabled")) {
            assertThat(sink.takenNames()).contains("after", "after_with_properties");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "outbox", "listener", "options"})
    void no_class_is_initialized_by_a_call(String mode) throws Exception {
        List<String> lines = run(Calls.class, mode, "-Xlog:class+init=info");
        assertThat(lines).contains("built", "called");
        assertThat(lines.subList(lines.indexOf("built"), lines.indexOf("called")))
                .filteredOn(line -> line.contains("Initializing 'dev/internalevents/"))
                .filteredOn(line -> !line.contains("(no method)"))
                .isEmpty();
    }

    private List<String> run(Class<?> main, String mode, String... options) throws Exception {
        return ChildJvm.linesOf(ChildJvm.of(
                List.of(options),
                main,
                sink.url().toString(),
                mode,
                folder.resolve("outbox").toString()));
    }

    private static InternalEventsClient client(String[] arguments) {
        InternalEventsClientBuilder builder = InternalEventsClient.builder()
                .endpoint(URI.create(arguments[0]))
                .batchSize(100);
        return switch (arguments[1]) {
            case "outbox" -> builder.outbox(Path.of(arguments[2])).build();
            case "listener" -> builder.listener(event -> {}).build();
            case "options" ->
                builder.aiContext(true)
                        .servicePingContext(true)
                        .productUsageData(false)
                        .optOutExempt(name -> true)
                        .build();
            case "disabled" -> InternalEventsClient.disabled();
            default -> builder.build();
        };
    }

    static final class AtTheEndOfAStack {
        public static void main(String[] arguments) throws Exception {
            InternalEventsClient client = client(arguments);
            Thread deep = new Thread(null, () -> deeper(client), "deep", 256 << 10);
            deep.start();
            deep.join();
            Thread other = new Thread(() -> {
                client.trackEvent("after");
                client.event("after_with_properties")
                        .user(1)
                        .modelName("m")
                        .inputTokens(1)
                        .gitlabTeamMember(true)
                        .aiContext(AiContext.builder().sessionId(1).build())
                        .put("k", List.of("x"))
                        .track();
                boolean flushed = client.flush(Duration.ofSeconds(30));
                ClientStats stats = client.stats();
                System.out.println(flushed && stats.held() == 0 ? "well" : flushed + " " + stats);
            });
            other.start();
            other.join();
            Runtime.getRuntime().halt(0);
        }

        /** Each returning frame has a little more stack for the call. */
        private static void deeper(InternalEventsClient client) {
            try {
                deeper(client);
            } catch (StackOverflowError e) {
                client.trackEvent("deep");
                client.event("deep").user(1).put("k", List.of("x")).track();
                client.event("deep")
                        .modelName("m")
                        .inputTokens(1)
                        .gitlabTeamMember(true)
                        .aiContext(AiContext.builder().sessionId(1).build())
                        .track();
            }
        }
    }

    static final class Calls {
        public static void main(String[] arguments) {
            InternalEventsClient client = client(arguments);
            AdditionalProperties properties = null;
            AiContext ai = AiContext.builder().workflowId("w").build();
            System.out.println("built");
            client.trackEvent("plain");
            properties = AdditionalProperties.builder()
                    .label("l")
                    .value(1.5)
                    .put("k", List.of("x"))
                    .build();
            client.trackEvent("with_properties", properties);
            try (Scope scope = EventContext.builder().projectId(1L).build().makeCurrent()) {
                client.event("in_a_scope")
                        .user("u")
                        .namespace(2)
                        .featureEnabledByNamespaceIds(1, 2)
                        .modelName("m")
                        .outputTokens(2)
                        .aiContext(ai)
                        .track();
                client.event("counted").delivery(false).track();
                client.trackEvent("with_category", "checkout");
            }
            System.out.println("called");
            Runtime.getRuntime().halt(0);
        }
    }
}
