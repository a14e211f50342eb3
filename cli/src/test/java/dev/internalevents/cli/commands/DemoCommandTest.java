package dev.internalevents.cli.commands;

import static dev.internalevents.cli.Cli.run;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class DemoCommandTest {

    @Test
    void the_demo_prints_the_fields_that_have_a_value() {
        JsonNode event =
                JsonMapper.shared().readTree("{\"a\":null,\"b\":{\"c\":null,\"d\":[{\"e\":null,\"f\":0}]},\"g\":\"\"}");

        assertThat(DemoCommand.withoutNulls(event).toString()).isEqualTo("{\"b\":{\"d\":[{\"f\":0}]},\"g\":\"\"}");
        assertThat(event.has("a")).isTrue();
    }

    @Test
    void a_port_of_the_demo_that_is_in_use_is_named() throws IOException {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = Integer.toString(other.getLocalPort());
            assertThat(run(2, "demo", "--port", port)).contains("--port: port " + port + " is in use");
            assertThat(run(2, "demo", "--port", "0", "--gateway-port", port))
                    .contains("--gateway-port: port " + port + " is in use");
            assertThat(run(2, "demo", "--port", "70000")).contains("--port: \"70000\" is not a port");
        }
    }
}
