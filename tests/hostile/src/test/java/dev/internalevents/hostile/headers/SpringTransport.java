package dev.internalevents.hostile.headers;

import dev.internalevents.client.InternalEventsClient;
import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** The starter, in Web MVC on Tomcat or in WebFlux on Netty. */
final class SpringTransport implements Transport {

    private final ConfigurableApplicationContext application;
    private final int port;

    /** @param type {@code servlet} or {@code reactive} */
    SpringTransport(String type, String collector, int maxHeaderBytes) {
        SpringApplication spring = new SpringApplication(Shop.class);
        spring.setDefaultProperties(Map.of(
                "spring.main.web-application-type",
                type,
                "spring.main.banner-mode",
                "off",
                "spring.application.name",
                "s".repeat(300),
                "server.address",
                "127.0.0.1",
                "server.port",
                "0",
                "server.max-http-request-header-size",
                maxHeaderBytes + "B",
                "internal-events.enabled",
                "true",
                "internal-events.endpoint",
                collector,
                "internal-events.batch-size",
                "250",
                "internal-events.environment",
                "é".repeat(40)));
        application = spring.run();
        port = Integer.parseInt(String.valueOf(application.getEnvironment().getProperty("local.server.port")));
    }

    @Override
    public boolean send(Map<String, String> headers) throws Exception {
        return Transport.get(port, headers);
    }

    /** Closes the application, whose client then sends the remaining events. */
    @Override
    public void close() {
        application.close();
    }

    @Configuration
    @EnableAutoConfiguration
    @RestController
    static class Shop {

        private final InternalEventsClient internalEvents;

        Shop(InternalEventsClient internalEvents) {
            this.internalEvents = internalEvents;
        }

        @GetMapping("/")
        String serve() {
            internalEvents.event("served").put("own", 1).track();
            return "";
        }
    }
}
