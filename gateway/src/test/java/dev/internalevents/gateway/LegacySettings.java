package dev.internalevents.gateway;

import dev.internalevents.client.legacy.SnowplowInstrumentator;
import dev.internalevents.client.settings.SnowplowSettings;
import java.net.URI;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Primary;

/**
 * The instrumentator of a test that sends to {@code test.collector}: its settings come from the environment, which a
 * test cannot set. Without an annotation of its own, so that only tests that name it have it.
 */
@SuppressWarnings("deprecation")
class LegacySettings {

    @Bean(destroyMethod = "close")
    @Primary
    SnowplowInstrumentator testInstrumentator(@Value("${test.collector}") URI collector) {
        return SnowplowInstrumentator.fromSettings(new SnowplowSettings(true, collector, 1, 1));
    }
}
