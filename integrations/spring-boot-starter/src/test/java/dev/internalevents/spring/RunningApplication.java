package dev.internalevents.spring;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

/** An application on a free port that serves requests until it is closed. */
record RunningApplication(ConfigurableApplicationContext context, HttpClient http) implements AutoCloseable {

    /** How long Netty's threads wait for tasks before they end, 2 s by default: no test sends any while it closes. */
    static final String QUIET_PERIOD = "spring.reactor.netty.shutdown-quiet-period";

    /**
     * Starts an application of the given {@code spring.main.web-application-type}: both kinds are on the class path of
     * these tests.
     */
    static RunningApplication start(String type, Class<?> application, String... arguments) {
        SpringApplication spring = new SpringApplication(application);
        spring.setDefaultProperties(Map.of(
                "spring.main.web-application-type",
                type,
                "spring.main.banner-mode",
                "off",
                "logging.level.root",
                "warn",
                QUIET_PERIOD,
                "0s",
                "internal-events.middleware.skip-paths",
                "/skipped,/skipped/leak,/skipped/callable"));
        List<String> all = new ArrayList<>(List.of("--server.port=0", "--server.address=127.0.0.1"));
        all.addAll(List.of(arguments));
        return new RunningApplication(
                spring.run(all.toArray(String[]::new)),
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build());
    }

    /** Returns the body of the response to a request with the realm {@code saas}. */
    String get(String path) throws IOException, InterruptedException {
        String port = context.getEnvironment().getProperty("local.server.port");
        return http.send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                                .header("X-Gitlab-Realm", "saas")
                                .timeout(Duration.ofSeconds(60))
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .body();
    }

    @Override
    public void close() {
        context.close();
    }
}
