package dev.internalevents.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.internalevents.client.EventContext;
import io.micrometer.context.ContextExecutorService;
import io.micrometer.context.ContextSnapshotFactory;
import jakarta.annotation.PreDestroy;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.task.AsyncTaskExecutor;
import org.springframework.core.task.support.ContextPropagatingTaskDecorator;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Checks what docs/track-events.md says about work that a request passes to other threads. */
@Tag("slow")
class OtherThreadsTest {

    @ParameterizedTest
    @ValueSource(strings = {"/async", "/supply", "/executor", "/wrapped", "/common-pool"})
    void the_decorator_takes_the_context_along(String path) throws Exception {
        try (RunningApplication application = RunningApplication.start("servlet", Shop.class)) {
            assertThat(application.get(path)).isEqualTo("saas");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/async", "/supply", "/executor", "/wrapped", "/common-pool"})
    @EnabledForJreRange(min = JRE.JAVA_21) // The build also runs these tests on a newer JDK.
    void so_it_does_with_virtual_threads(String path) throws Exception {
        try (RunningApplication application =
                RunningApplication.start("servlet", Shop.class, "--spring.threads.virtual.enabled=true")) {
            assertThat(application.get(path)).isEqualTo("saas");
        }
    }

    @Test
    void a_scheduled_method_has_no_context_of_a_request() throws Exception {
        try (RunningApplication application =
                RunningApplication.start("servlet", Shop.class, "--spring.task.scheduling.pool.size=1")) {
            for (int i = 0; i < 5; i++) {
                assertThat(application.get("/async")).isEqualTo("saas");
                assertThat(application.context().getBean(Jobs.class).next()).isEqualTo("none");
            }
        }
    }

    private static String realm() {
        String realm = EventContext.current().realm();
        return realm == null ? "none" : realm;
    }

    @Configuration
    @EnableAutoConfiguration
    @EnableAsync
    @EnableScheduling
    @Import({Jobs.class, Pages.class})
    static class Shop {

        @Bean
        ContextPropagatingTaskDecorator contextPropagation() {
            return new ContextPropagatingTaskDecorator();
        }
    }

    static class Jobs {

        private final BlockingQueue<String> seen = new LinkedBlockingQueue<>(1);

        @Async("applicationTaskExecutor")
        public CompletableFuture<String> work() {
            return CompletableFuture.completedFuture(realm());
        }

        @Scheduled(fixedDelay = 1, timeUnit = TimeUnit.MILLISECONDS)
        public void job() {
            if (seen.isEmpty()) {
                seen.add(realm());
            }
        }

        @Nullable
        String next() throws InterruptedException {
            return seen.poll(30, TimeUnit.SECONDS);
        }
    }

    @RestController
    static class Pages {

        private final Jobs jobs;
        private final AsyncTaskExecutor springs;

        /** Not a bean: an Executor bean of the application would replace Spring Boot's. */
        private final ExecutorService pool = ContextExecutorService.wrap(
                Executors.newFixedThreadPool(1),
                ContextSnapshotFactory.builder().build()::captureAll);

        Pages(Jobs jobs, @Qualifier("applicationTaskExecutor") AsyncTaskExecutor springs) {
            this.jobs = jobs;
            this.springs = springs;
        }

        @PreDestroy
        void stop() {
            pool.shutdown();
        }

        @GetMapping("/async")
        String async() {
            return jobs.work().join();
        }

        @GetMapping("/supply")
        String supply() {
            return CompletableFuture.supplyAsync(OtherThreadsTest::realm, springs)
                    .join();
        }

        @GetMapping("/executor")
        String executor() {
            return CompletableFuture.supplyAsync(OtherThreadsTest::realm, pool)
                    .thenApplyAsync(first -> first.equals(realm()) ? first : "lost", pool)
                    .join();
        }

        @GetMapping("/wrapped")
        String wrapped() throws Exception {
            return springs.submit(EventContext.current().wrap(OtherThreadsTest::realm))
                    .get();
        }

        @GetMapping("/common-pool")
        String commonPool() {
            Supplier<String> work = OtherThreadsTest::realm;
            return CompletableFuture.supplyAsync(work, EventContext.current().wrap(ForkJoinPool.commonPool()))
                    .join();
        }
    }
}
