package dev.internalevents.spring;

import dev.internalevents.client.InternalEventsClient;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.boot.web.server.context.WebServerInitializedEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * A service in a separate process, whose requests to {@code /slow} end only while it shuts down. Its arguments are
 * {@code servlet} or {@code reactive}, then those of Spring; it prints its port.
 */
final class ShopProcess {

    private ShopProcess() {}

    public static void main(String[] arguments) {
        SpringApplication application =
                new SpringApplication(arguments[0].equals("servlet") ? Servlet.class : Reactive.class);
        String[] others = new String[arguments.length];
        System.arraycopy(arguments, 1, others, 0, arguments.length - 1);
        others[arguments.length - 1] = "--spring.main.web-application-type=" + arguments[0];
        application.run(others);
    }

    /** Opens when the web server starts to shut down. */
    static final class ShutDown implements SmartLifecycle {

        private final CountDownLatch begun = new CountDownLatch(1);
        private volatile boolean running;

        @Override
        public void start() {
            running = true;
        }

        @Override
        public void stop() {
            running = false;
            begun.countDown();
        }

        @Override
        public boolean isRunning() {
            return running;
        }

        @Override
        public int getPhase() {
            return WebServerApplicationContext.GRACEFUL_SHUTDOWN_PHASE;
        }

        boolean await() {
            try {
                return begun.await(60, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
    }

    abstract static class Service {

        @Bean
        static ShutDown shutDown() {
            return new ShutDown();
        }

        @Bean
        static ApplicationListener<WebServerInitializedEvent> port() {
            return event -> System.out.println("PORT " + event.getWebServer().getPort());
        }
    }

    @Configuration
    @EnableAutoConfiguration
    static class Servlet extends Service {

        @RestController
        record Slow(InternalEventsClient internalEvents, ShutDown shutDown) {

            @PostMapping("/slow")
            boolean slow() {
                internalEvents.trackEvent("request_started");
                boolean begun = shutDown.await();
                internalEvents.trackEvent(begun ? "request_finished" : "request_gave_up");
                return begun;
            }
        }
    }

    @Configuration
    @EnableAutoConfiguration
    static class Reactive extends Service {

        @RestController
        record Slow(InternalEventsClient internalEvents, ShutDown shutDown) {

            @PostMapping("/slow")
            Mono<Boolean> slow() {
                internalEvents.trackEvent("request_started");
                return Mono.fromCallable(shutDown::await)
                        .subscribeOn(Schedulers.boundedElastic())
                        .doOnNext(begun -> internalEvents.trackEvent(begun ? "request_finished" : "request_gave_up"));
            }
        }
    }
}
