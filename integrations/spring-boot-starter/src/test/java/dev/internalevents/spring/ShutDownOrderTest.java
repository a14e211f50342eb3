package dev.internalevents.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.internalevents.client.InternalEventsClient;
import dev.internalevents.testkit.TestServer;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.task.AsyncTaskExecutor;
import org.springframework.scheduling.annotation.EnableScheduling;

/**
 * Checks that the application's executors finish their tasks before the client is closed, in whatever order they were
 * created.
 */
class ShutDownOrderTest {

    @AutoClose
    private TestServer collector;

    @BeforeEach
    void start() throws Exception {
        collector = TestServer.responding(200, "");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "applicationTaskExecutor",
                "taskScheduler",
                "virtual applicationTaskExecutor",
                "virtual taskScheduler"
            })
    void a_task_that_is_awaited_loses_no_event(String executor) throws Exception {
        SpringApplication spring = new SpringApplication(Shop.class);
        spring.setWebApplicationType(WebApplicationType.NONE);
        String name = executor.substring(executor.indexOf(' ') + 1);
        try (ConfigurableApplicationContext application = spring.run(
                "--test.executor=" + name,
                "--spring.threads.virtual.enabled=" + executor.startsWith("virtual"),
                "--spring.task.execution.shutdown.await-termination=true",
                "--spring.task.execution.shutdown.await-termination-period=30s",
                "--spring.task.scheduling.shutdown.await-termination=true",
                "--spring.task.scheduling.shutdown.await-termination-period=30s",
                "--spring.lifecycle.timeout-per-shutdown-phase=1s",
                "--internal-events.enabled=true",
                "--internal-events.endpoint=" + collector.url())) {
            InternalEventsClient client = application.getBean(InternalEventsClient.class);
            CountDownLatch ending = application.getBean(Ending.class).begun;
            CountDownLatch started = new CountDownLatch(1);
            application.getBean(name, AsyncTaskExecutor.class).execute(() -> {
                started.countDown();
                if (await(ending)) {
                    client.trackEvent("task_ended");
                }
            });
            assertThat(await(started)).isTrue();
        }

        assertThat(collector.requests())
                .singleElement()
                .extracting(TestServer.Request::text)
                .asString()
                .contains("task_ended");
    }

    private static boolean await(CountDownLatch latch) {
        try {
            latch.await();
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Destroyed just before the executor, on which it depends, and long before anything else. */
    record Ending(AsyncTaskExecutor executor, CountDownLatch begun) implements DisposableBean {

        @Override
        public void destroy() {
            begun.countDown();
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @EnableScheduling
    static class Shop {

        @Bean
        Ending ending(ConfigurableListableBeanFactory beans, @Value("${test.executor}") String executor) {
            beans.registerDependentBean(executor, "ending");
            return new Ending(beans.getBean(executor, AsyncTaskExecutor.class), new CountDownLatch(1));
        }
    }
}
