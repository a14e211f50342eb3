package dev.internalevents.gateway;

import dev.internalevents.client.InternalEventsClient;
import dev.internalevents.client.settings.Settings;
import dev.internalevents.client.settings.SnowplowSettings;
import dev.internalevents.gateway.model.EchoModel;
import dev.internalevents.gateway.model.LanguageModel;
import dev.internalevents.gateway.model.OpenAiModel;
import java.net.URI;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.web.server.context.WebServerInitializedEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Creates the gateway's parts from its settings. */
@Configuration(proxyBeanMethods = false)
class GatewayConfiguration {

    private static final Logger LOG = LoggerFactory.getLogger(GatewayConfiguration.class);

    /**
     * The model at {@code AIGW_MODEL__ENDPOINT}, or the echo model if no endpoint is set or mock responses are enabled.
     */
    @Bean
    LanguageModel languageModel() {
        ModelSettings settings = ModelSettings.read(Settings.load("AIGW"));
        URI endpoint = settings.endpoint();
        return endpoint == null || settings.mock()
                ? new EchoModel()
                : new OpenAiModel(endpoint, settings.name(), settings.apiKey());
    }

    @Bean(destroyMethod = "close")
    @SuppressWarnings("deprecation") // Code Suggestions still sends this event.
    dev.internalevents.client.legacy.SnowplowInstrumentator snowplowInstrumentator() {
        return dev.internalevents.client.legacy.SnowplowInstrumentator.fromSettings(
                SnowplowSettings.read(Settings.load("AIGW")));
    }

    /**
     * Logs the port and the destination of events. A client that only checks and counts events is enabled but has no
     * endpoint.
     */
    @Bean
    ApplicationListener<WebServerInitializedEvent> announcement(InternalEventsClient internalEvents) {
        String endpoints = internalEvents.endpointStates().stream()
                .map(state -> state.endpoint().toString())
                .collect(Collectors.joining(" or "));
        return event -> LOG.info(
                "Gateway on port {}, internal events {}",
                event.getWebServer().getPort(),
                endpoints.isEmpty()
                        ? "are switched off (AIGW_INTERNAL_EVENT__ENABLED=true sends them)"
                        : "go to " + endpoints);
    }
}
