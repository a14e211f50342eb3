package dev.internalevents.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.internalevents.client.EventContext;
import dev.internalevents.client.RequestTracking;
import java.util.concurrent.Callable;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.async.WebAsyncTask;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** The application makes a context current and does not close the scope: no later request may see it. */
@Tag("slow")
class ForgottenScopesTest {

    private static final int ROUNDS = 20;

    /** Hides the exceptions of a page that fails on purpose. */
    private static final String NO_LOG = "--logging.level.root=off";

    @AfterEach
    void reset() {
        Hooks.disableAutomaticContextPropagation();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/leak", "/skipped/leak", "/callable", "/skipped/callable", "/failing"})
    void web_mvc_serves_the_next_request_without_it(String path) throws Exception {
        try (RunningApplication application = RunningApplication.start(
                "servlet",
                ServletShop.class,
                "--server.tomcat.threads.max=2",
                "--server.tomcat.threads.min-spare=2",
                NO_LOG)) {
            staysClean(application, path);
        }
    }

    /**
     * The task of an asynchronous request may run on after the time-out, when the container has recycled the request.
     */
    @Test
    void web_mvc_keeps_nothing_of_a_request_that_its_callable_outlives() throws Exception {
        try (RunningApplication application = RunningApplication.start(
                "servlet", ServletShop.class, "--spring.task.execution.pool.core-size=1", NO_LOG)) {
            // The container checks for time-outs once a second.
            for (int i = 0; i < 3; i++) {
                assertThat(application.get("/overrun")).isEqualTo("late");
                // On the same connection, so that the previous request has ended.
                application.get("/skipped/leak");
                ServletShop.OVERRUN.release();
                assertThat(application.get("/skipped")).isEqualTo("none");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/leak", "/skipped/leak", "/mono", "/failing"})
    void webflux_serves_the_next_request_without_it(String path) throws Exception {
        try (RunningApplication application = RunningApplication.start("reactive", ReactiveShop.class, NO_LOG)) {
            staysClean(application, path);
        }
    }

    /** Without context propagation in Reactor, nothing else closes a scope. */
    @ParameterizedTest
    @CsvSource({
        "internal-events.middleware.enabled=false, /leak",
        "internal-events.middleware.enabled=false, /failing",
        "internal-events.middleware.enabled=false, /body",
        "spring.reactor.context-propagation=limited, /leak",
        "spring.reactor.context-propagation=limited, /skipped/leak",
        "spring.reactor.context-propagation=limited, /failing",
        "spring.reactor.context-propagation=limited, /body",
    })
    void webflux_without_propagation_serves_the_next_request_without_it(String property, String path) throws Exception {
        Hooks.disableAutomaticContextPropagation();
        try (RunningApplication application =
                RunningApplication.start("reactive", ReactiveShop.class, "--" + property, NO_LOG)) {
            staysClean(application, path);
        }
    }

    private static void staysClean(RunningApplication application, String path) throws Exception {
        for (int i = 0; i < ROUNDS; i++) {
            application.get(path);
            assertThat(application.get("/skipped")).isEqualTo("none");
        }
    }

    @SuppressWarnings("MustBeClosedChecker") // On purpose.
    private static String leak() {
        EventContext.builder().instanceId("leaked").build().makeCurrent();
        return "leaked";
    }

    private static String current() {
        return RequestTracking.current() == null ? "none" : "leaked";
    }

    abstract static class Shop {

        @GetMapping({"/leak", "/skipped/leak"})
        String forget() {
            return leak();
        }

        @GetMapping("/failing")
        String failing() {
            leak();
            throw new IllegalStateException("of the application");
        }
    }

    @Configuration
    @EnableAutoConfiguration
    @RestController
    static class ServletShop extends Shop {

        static final Semaphore OVERRUN = new Semaphore(0);

        @GetMapping({"/callable", "/skipped/callable"})
        Callable<String> callable() {
            return ForgottenScopesTest::leak;
        }

        /** Ignores the interrupt that follows the time-out. */
        @GetMapping("/overrun")
        WebAsyncTask<String> overrun() {
            WebAsyncTask<String> task = new WebAsyncTask<>(1L, () -> {
                OVERRUN.acquireUninterruptibly();
                return "too late";
            });
            task.onTimeout(() -> "late");
            return task;
        }

        /** Checks the container's thread, and the thread that callables run on. */
        @GetMapping("/skipped")
        Callable<String> skipped() {
            String here = current();
            return () -> here.equals("none") ? current() : here;
        }
    }

    @Configuration
    @EnableAutoConfiguration
    @RestController
    static class ReactiveShop extends Shop {

        /** Called when the body has arrived, possibly after the request's headers. */
        @GetMapping("/body")
        String body(@RequestBody(required = false) @Nullable String body) {
            return leak();
        }

        @GetMapping("/mono")
        Mono<String> mono() {
            return Mono.fromCallable(ForgottenScopesTest::leak).subscribeOn(Schedulers.single());
        }

        /** Checks the event loop, and the thread on which {@code /mono} leaves a scope open. */
        @GetMapping("/skipped")
        Mono<String> skipped() {
            String here = current();
            return Mono.fromCallable(() -> here.equals("none") ? current() : here)
                    .subscribeOn(Schedulers.single());
        }
    }
}
