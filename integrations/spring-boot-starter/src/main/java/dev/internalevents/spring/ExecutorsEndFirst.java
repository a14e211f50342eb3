package dev.internalevents.spring;

import dev.internalevents.client.InternalEventsClient;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.scheduling.TaskScheduler;

/**
 * Makes Spring shut down the application's executors and schedulers before it closes the client, in whatever order they
 * were created: a task that Spring waits for at shutdown still tracks events. Beans are only looked up by name, not
 * created. An executor that the client depends on is still shut down after the client.
 */
final class ExecutorsEndFirst implements SmartInitializingSingleton {

    private final ConfigurableListableBeanFactory beans;

    ExecutorsEndFirst(ConfigurableListableBeanFactory beans) {
        this.beans = beans;
    }

    @Override
    public void afterSingletonsInstantiated() {
        Set<String> executors = new LinkedHashSet<>(names(Executor.class));
        executors.addAll(names(TaskScheduler.class));
        for (String client : names(InternalEventsClient.class)) {
            for (String executor : executors) {
                if (!List.of(beans.getDependentBeans(executor)).contains(client)) {
                    beans.registerDependentBean(client, executor);
                }
            }
        }
    }

    private List<String> names(Class<?> type) {
        return List.of(beans.getBeanNamesForType(type, false, false));
    }
}
