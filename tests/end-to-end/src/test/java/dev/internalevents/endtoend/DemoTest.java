package dev.internalevents.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class DemoTest {

    @TempDir
    Path folder;

    @Test
    void once_prints_the_event_as_the_collector_validated_it_and_the_dashboards_address() throws Exception {
        try (Command demo = Command.start(folder, "demo", "--once")) {
            assertThat(demo.exitCode()).as(demo.output()).isZero();

            String output = demo.output();
            JsonNode event = JsonMapper.shared()
                    .readTree(output.substring(output.indexOf("\n{\n") + 1, output.lastIndexOf("\n}") + 2));
            assertThat(event.at("/event/se_action").asString()).isEqualTo("request_awesome_feature");
            assertThat(event.at("/event/contexts/data/0/data/realm").asString()).isEqualTo("saas");
            assertThat(output).containsPattern("Dashboard +http://127.0.0.1:\\d+/micro/ui");
        }
    }

    @Test
    void without_once_it_stays_and_takes_more() throws Exception {
        try (Command demo = Command.start(folder, "demo").prints("Ctrl-C stops everything.")) {
            String output = demo.output();
            String collector = output.replaceAll("(?s).*Collector +(http://127.0.0.1:\\d+).*", "$1");
            String service = output.replaceAll("(?s).*Service +(http://127.0.0.1:\\d+).*", "$1");
            Web.post(service + "/v1/awesome_feature", "{}", java.util.Map.of());

            assertThat(Web.awaitGood(collector, 2).size()).isEqualTo(2);
            assertThat(Web.get(collector + "/").statusCode()).isEqualTo(302);
        }
    }
}
