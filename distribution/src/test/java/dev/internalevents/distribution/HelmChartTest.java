package dev.internalevents.distribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import com.marcnuri.helm.TemplateCommand;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** Renders the Helm chart with Helm's library, which this build has for Linux on amd64. */
@EnabledOnOs(value = OS.LINUX, architectures = "amd64")
class HelmChartTest {

    private static final Path CHART =
            Path.of("../deploy/helm/internal-events").toAbsolutePath().normalize();

    private static final String TOKEN = "a-token-of-more-than-16-characters";

    @Test
    void helm_finds_no_fault_in_it() {
        LintResult result = new Helm(CHART).lint().call();

        assertThat(result.isFailed()).as("%s", result.getMessages()).isFalse();
    }

    @Test
    void one_collector_with_a_volume_probes_and_a_token() {
        Map<String, Map<?, ?>> objects = render(template());

        assertThat(objects).containsOnlyKeys("Secret", "Service", "StatefulSet");
        Map<?, ?> set = objects.get("StatefulSet");
        assertThat(at(set, "spec", "replicas")).isEqualTo(1);
        assertThat(at(set, "spec", "selector", "matchLabels"))
                .isEqualTo(at(objects.get("Service"), "spec", "selector"));
        Map<?, ?> container = (Map<?, ?>) ((List<?>) at(set, "spec", "template", "spec", "containers")).get(0);
        assertThat(copy(container)).containsKeys("startupProbe", "livenessProbe", "readinessProbe");
        assertThat(container.get("args")).isEqualTo(List.of("collector"));
        assertThat(container.toString()).contains("INTERNAL_EVENTS_TOKEN").contains("/data/collector");
        assertThat(at(set, "spec", "template", "spec", "securityContext", "runAsNonRoot"))
                .isEqualTo(true);
        Object claim = ((List<?>) at(set, "spec", "volumeClaimTemplates")).get(0);
        assertThat(at((Map<?, ?>) claim, "spec", "resources", "requests", "storage"))
                .isEqualTo("20Gi");
        assertThat(at(objects.get("Secret"), "stringData")).isEqualTo(Map.of("token", TOKEN));
    }

    @Test
    void values_reach_their_place() {
        Map<String, Map<?, ?>> objects = render(template()
                .set("token.existingSecret", "mine")
                .set("options[0]", "--keep")
                .set("options[1]", "P90D")
                .set("image.tag", "v7")
                .set("persistence.storageClass", "fast"));

        assertThat(objects).doesNotContainKey("Secret");
        assertThat(objects.get("StatefulSet").toString())
                .contains("name=mine")
                .contains("[collector, --keep, P90D]")
                .contains("registry.example.com/internal-events:v7")
                .contains("storageClassName=fast");
    }

    @Test
    void a_value_that_does_not_exist_is_rejected() {
        assertThatThrownBy(() -> template().set("persistance.size", "1Gi").call())
                .hasMessageContaining("persistance");
    }

    @Test
    void without_a_token_or_with_a_short_one_it_is_not_installed() {
        assertThatThrownBy(() -> template().set("token.value", "").call())
                .hasMessageContaining("token.value is not set");
        assertThatThrownBy(() -> template().set("token.value", "short").call()).hasMessageContaining("/token/value");
    }

    private static TemplateCommand template() {
        return new Helm(CHART).template().withName("events").set("token.value", TOKEN);
    }

    private static Map<String, Map<?, ?>> render(TemplateCommand template) {
        Map<String, Map<?, ?>> byKind = new HashMap<>();
        for (Object object : new Load(LoadSettings.builder().build()).loadAllFromString(template.call())) {
            if (object instanceof Map<?, ?> map) {
                byKind.put(String.valueOf(map.get("kind")), map);
            }
        }
        return byKind;
    }

    private static Map<Object, Object> copy(Map<?, ?> map) {
        return new HashMap<>(map);
    }

    private static Object at(Map<?, ?> map, String... path) {
        Object value = map;
        for (String key : path) {
            value = ((Map<?, ?>) value).get(key);
        }
        return value;
    }
}
