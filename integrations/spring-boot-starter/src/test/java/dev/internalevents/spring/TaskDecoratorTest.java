package dev.internalevents.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.task.TaskDecorator;
import org.springframework.scheduling.annotation.EnableAsync;
import org.springframework.scheduling.annotation.EnableScheduling;

/** Checks which tasks have the context of their request if the application declares nothing for it. */
class TaskDecoratorTest {

    @ParameterizedTest
    @ValueSource(strings = {"/async", "/supply"})
    void a_task_has_the_context_of_its_request(String path) throws Exception {
        try (RunningApplication application = RunningApplication.start("servlet", Shop.class)) {
            assertThat(application.get(path)).isEqualTo("saas");
            assertThat(decorators(application)).containsOnlyKeys("internalEventsTaskDecorator");
        }
    }

    @Test
    void a_scheduled_method_has_none() throws Exception {
        try (RunningApplication application =
                RunningApplication.start("servlet", Shop.class, "--spring.task.scheduling.pool.size=1")) {
            assertThat(application.get("/async")).isEqualTo("saas");
            assertThat(application
                            .context()
                            .getBean(OtherThreadsTest.Jobs.class)
                            .next())
                    .isEqualTo("none");
        }
    }

    @Test
    void spring_boots_own_propagation_includes_it() throws Exception {
        try (RunningApplication application =
                RunningApplication.start("servlet", Shop.class, "--spring.task.execution.propagate-context=true")) {
            assertThat(application.get("/async")).isEqualTo("saas");
            assertThat(decorators(application)).doesNotContainKey("internalEventsTaskDecorator");
        }
    }

    @Test
    void a_decorator_of_the_application_replaces_it() throws Exception {
        try (RunningApplication application = RunningApplication.start("servlet", DecoratedShop.class)) {
            assertThat(application.get("/async")).isEqualTo("none");
            assertThat(decorators(application)).containsOnlyKeys("own");
        }
    }

    private static Map<String, TaskDecorator> decorators(RunningApplication application) {
        return application.context().getBeansOfType(TaskDecorator.class);
    }

    @Configuration
    @EnableAutoConfiguration
    @EnableAsync
    @EnableScheduling
    @Import({OtherThreadsTest.Jobs.class, OtherThreadsTest.Pages.class})
    static class Shop {}

    @Configuration
    @Import(Shop.class)
    static class DecoratedShop {

        @Bean
        TaskDecorator own() {
            return task -> task;
        }
    }
}
