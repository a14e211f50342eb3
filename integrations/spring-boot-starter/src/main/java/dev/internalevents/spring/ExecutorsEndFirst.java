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
 * Makes Spring end the application's executors and schedulers before it closes the client, whichever of them was made
 * first: a task that is awaited when the application ends still tracks events. Beans are only named, not made, and an
 * executor that the client itself was made with keeps its place.
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
