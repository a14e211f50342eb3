package dev.internalevents.gateway;

import dev.internalevents.client.settings.BillingEventSettings;
import dev.internalevents.client.settings.InternalEventSettings;
import dev.internalevents.client.settings.Settings;
import dev.internalevents.client.settings.SettingsException;
import dev.internalevents.client.settings.SnowplowSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** Starts the gateway with the {@code AIGW_…} variables from the environment and from {@code .env}. */
@SpringBootApplication
public class GatewayApplication {

    private static final String DEFAULT_HOST = "127.0.0.1";
    private static final int DEFAULT_PORT = 5052;
    private static final int MAX_PORT = 65_535;

    /**
     * In the working directory, so that events left over when a gateway is killed are sent when it is restarted there.
     */
    private static final String DEFAULT_OUTBOX = ".internal-events/outbox";

    /** The app id and namespace of the AI Gateway's events. */
    private static final String DEFAULT_APP_ID = "gitlab_ai_gateway";

    private static final String DEFAULT_NAMESPACE = "gl";

    public static void main(String[] args) {
        try {
            Settings settings = Settings.load("AIGW");
            SpringApplication application = new SpringApplication(GatewayApplication.class);
            application.setDefaultProperties(defaults(settings));
            checkAll(settings);
            application.run(args);
        } catch (SettingsException e) {
            System.err.println(e.getMessage());
            System.exit(1);
        }
    }

    /**
     * Returns the defaults: variables first, then the AI Gateway's values. Properties on the command line take
     * precedence.
     */
    static Map<String, Object> defaults(Settings settings) {
        Path outbox = settings.path("INTERNAL_EVENT", "OUTBOX_DIR");
        return Map.of(
                "server.address", settings.text("FASTAPI", "API_HOST", DEFAULT_HOST),
                "server.port", settings.positive("FASTAPI", "API_PORT", DEFAULT_PORT, MAX_PORT),
                "gateway.region", settings.text("GOOGLE_CLOUD_PLATFORM", "LOCATION", ""),
                "internal-events.outbox-dir", outbox == null ? DEFAULT_OUTBOX : outbox.toString(),
                "internal-events.app-id", settings.text("INTERNAL_EVENT", "APP_ID", DEFAULT_APP_ID),
                "internal-events.namespace", settings.text("INTERNAL_EVENT", "NAMESPACE", DEFAULT_NAMESPACE));
    }

    /** Reads every group of settings before anything starts, so that all invalid settings are reported together. */
    private static void checkAll(Settings settings) {
        List<Consumer<Settings>> groups = List.of(
                InternalEventSettings::read, SnowplowSettings::read, BillingEventSettings::read, ModelSettings::read);
        for (Consumer<Settings> group : groups) {
            try {
                group.accept(settings);
            } catch (SettingsException e) {
                // The settings collect the problems; check() reports them together.
            }
        }
        settings.check();
    }
}
