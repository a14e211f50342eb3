package dev.internalevents.client.legacy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.internalevents.client.settings.SnowplowSettings;
import dev.internalevents.protocol.SelfDescribingJson;
import dev.internalevents.testkit.FakeCollector;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

@SuppressWarnings({"deprecation", "unchecked"})
class SnowplowInstrumentatorTest {

    @Test
    void sends_the_event_with_all_fields_of_its_context() throws Exception {
        try (FakeCollector sink = new FakeCollector();
                SnowplowInstrumentator instrumentator =
                        SnowplowInstrumentator.fromSettings(new SnowplowSettings(true, sink.url(), 1, 1))) {
            instrumentator.watch(new SnowplowEvent(SnowplowEventContext.builder()
                    .gitlabRealm("saas")
                    .gitlabHostName("gitlab.com")
                    .gitlabInstanceId("i")
                    .gitlabInstanceVersion("18.1")
                    .gitlabGlobalUserId("g")
                    .gitlabSaasDuoProNamespaceIds(List.of(1L, 2L))
                    .language("java")
                    .modelEngine("e")
                    .modelName("m")
                    .prefixLength(1L)
                    .suffixLength(2L)
                    .apiStatusCode(200L)
                    .debounceInterval(3L)
                    .streaming(true)
                    .invoked(false)
                    .optionsCount(4L)
                    .acceptedOption(5L)
                    .hasAdvancedContext(true)
                    .directConnection(false)
                    .totalContextSizeBytes(6L)
                    .contentAboveCursorSizeBytes(7L)
                    .contentBelowCursorSizeBytes(8L)
                    .contextItems(List.of(Map.of("type", "file")))
                    .inputTokens(9L)
                    .outputTokens(10L)
                    .contextTokensSent(11L)
                    .contextTokensUsed(12L)
                    .region("eu")
                    .build()));
            assertThat(instrumentator.flush(Duration.ofSeconds(30))).isTrue();

            assertThat(sink.taken().get(0).parameters())
                    .containsEntry("se_ca", "code_suggestions")
                    .containsEntry("se_ac", "suggestion_requested")
                    .doesNotContainKeys("se_la", "se_pr", "se_va");
            SelfDescribingJson context = sink.taken().get(0).contexts().list().get(0);
            assertThat(context.schema()).hasToString("iglu:com.gitlab/code_suggestions_context/jsonschema/3-6-0");
            assertThat((Map<String, Object>) context.data())
                    .hasSize(29)
                    .containsEntry("suggestion_source", "network")
                    .containsEntry("gitlab_saas_duo_pro_namespace_ids", List.of(1L, 2L))
                    .containsEntry("is_streaming", true);
        }
    }

    @Test
    void sends_an_event_of_ones_own_without_a_context() throws Exception {
        try (FakeCollector sink = new FakeCollector();
                SnowplowInstrumentator instrumentator =
                        SnowplowInstrumentator.fromSettings(new SnowplowSettings(true, sink.url(), 1, 1))) {
            instrumentator.watch(new SnowplowEvent(null, "cat", "act", "lab", 3));
            assertThat(instrumentator.flush(Duration.ofSeconds(30))).isTrue();

            assertThat(sink.taken().get(0).parameters())
                    .containsEntry("se_ca", "cat")
                    .containsEntry("se_ac", "act")
                    .containsEntry("se_la", "lab")
                    .containsEntry("se_va", "3")
                    .doesNotContainKey("cx");
        }
    }

    @Test
    void disabled_it_does_nothing() {
        try (SnowplowInstrumentator instrumentator =
                SnowplowInstrumentator.fromSettings(new SnowplowSettings(false, null, 1, 1))) {
            instrumentator.watch(new SnowplowEvent(null));
            assertThat(instrumentator.flush(Duration.ZERO)).isTrue();
        }
    }
}
