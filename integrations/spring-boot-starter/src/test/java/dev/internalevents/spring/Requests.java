package dev.internalevents.spring;

import dev.internalevents.testkit.TestHttp;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import org.springframework.context.ConfigurableApplicationContext;

/** Sends requests to an application on a free port. */
final class Requests {

    private Requests() {}

    static HttpResponse<String> get(
            ConfigurableApplicationContext application, String path, Map<String, String> headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = to(application, path);
        headers.forEach(request::header);
        return TestHttp.send(request);
    }

    /** Begins a request to a path of the application; default: GET. */
    static HttpRequest.Builder to(ConfigurableApplicationContext application, String path) {
        String port = application.getEnvironment().getProperty("local.server.port");
        return TestHttp.to("http://127.0.0.1:" + port + path).timeout(Duration.ofSeconds(60));
    }
}
