package dev.internalevents.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.internalevents.client.InternalEventsClient;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** An application that passes whatever it has. */
class HostileApplicationTest {

    @Test
    void delivers_what_a_friendly_application_tracks() throws Exception {
        try (Sink sink = new Sink();
                InternalEventsClient client =
                        InternalEventsClient.builder().endpoint(sink.url()).build()) {
            client.trackEvent("friendly");
            assertThat(client.flush(Duration.ofSeconds(10))).isTrue();
            assertThat(sink.named("friendly")).isEqualTo(1);
        }
    }
}
