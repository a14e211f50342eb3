package dev.internalevents.spring;

import dev.internalevents.client.RequestTracking;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigureOrder;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.core.task.TaskDecorator;

/**
 * Propagates a request's context to tasks that run on Spring Boot's executor, such as methods with {@code @Async}. Does
 * nothing if the application has a {@link TaskDecorator} or lets Spring Boot propagate all contexts
 * ({@value #PROPAGATE_ALL}), which includes this one.
 */
@AutoConfiguration(before = TaskExecutionAutoConfiguration.class)
@AutoConfigureOrder(Ordered.LOWEST_PRECEDENCE) // The decorators of other libraries come first.
public class InternalEventsTasksAutoConfiguration {

    /** A property of Spring Boot 4.1. */
    private static final String PROPAGATE_ALL = "spring.task.execution.propagate-context";

    /** Propagates nothing else, because an application may depend on its tasks having no other context. */
    @Bean
    @ConditionalOnMissingBean(TaskDecorator.class)
    @ConditionalOnProperty(name = PROPAGATE_ALL, havingValue = "false", matchIfMissing = true)
    TaskDecorator internalEventsTaskDecorator() {
        return task -> {
            RequestTracking tracking = RequestTracking.current();
            return tracking == null ? task : tracking.wrap(task);
        };
    }
}
