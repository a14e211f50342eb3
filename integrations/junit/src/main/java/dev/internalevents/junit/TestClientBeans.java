package dev.internalevents.junit;

import dev.internalevents.client.EventContext;
import dev.internalevents.client.EventInterceptor;
import dev.internalevents.client.EventListener;
import dev.internalevents.client.InternalEventsClient;
import dev.internalevents.client.InternalEventsClientBuilder;
import dev.internalevents.client.billing.BillingEventsClient;
import dev.internalevents.client.billing.BillingEventsClientBuilder;
import dev.internalevents.client.settings.InternalEventSettings;
import dev.internalevents.metrics.MetricStore;
import java.net.URI;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.annotation.AnnotatedBeanDefinition;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.AbstractBeanDefinition;
import org.springframework.beans.factory.support.AutowireCandidateQualifier;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.type.MethodMetadata;
import org.springframework.util.ClassUtils;

/**
 * Replaces a context's own clients by clients that do not send. This runs when all beans are declared but none is
 * created, so no connection is opened and no outbox is locked. The starter's client stays, but is kept from sending.
 */
final class TestClientBeans implements BeanFactoryPostProcessor {

    private static final String STARTER = "dev.internalevents.spring.";
    private static final String STARTER_CUSTOMIZER = STARTER + "InternalEventsClientCustomizer";
    private static final String TEST_CONFIGURATION = "org.springframework.boot.test.context.TestConfiguration";
    private static final String COUNTING = "internal-events.counting";
    private static final String CLIENT = "internalEventsClient";

    private final TestClientCustomizer test;
    private final ConfigurableApplicationContext context;

    TestClientBeans(TestClientCustomizer test, ConfigurableApplicationContext context) {
        this.test = test;
        this.context = context;
    }

    @Override
    public void postProcessBeanFactory(ConfigurableListableBeanFactory listable) {
        DefaultListableBeanFactory factory = (DefaultListableBeanFactory) listable;
        if (test.recording()) {
            factory.registerSingleton(Recorder.class.getName(), recorder(factory));
        }
        factory.addBeanPostProcessor(new TestChecks(test));
        if (!test.deliver()) {
            countInMemory(factory);
        }
        if (test.collector()) {
            factory.registerBeanDefinition(
                    TestCollector.class.getName(), new RootBeanDefinition(TestCollector.class, TestCollector::start));
        }
        if (!test.deliver() && ClassUtils.isPresent(STARTER_CUSTOMIZER, factory.getBeanClassLoader())) {
            factory.registerSingleton(NoDelivery.class.getName(), new NoDelivery(test.recording()));
            factory.registerSingleton(NoBillingDelivery.class.getName(), new NoBillingDelivery());
        }
        if (!test.deliver()) {
            for (String name : factory.getBeanNamesForType(BillingEventsClient.class, true, false)) {
                if (isReplaced(factory, name) && !isOfStarter(factory, name)) {
                    replace(
                            factory,
                            name,
                            new RootBeanDefinition(BillingEventsClient.class, () -> billingClient(factory)));
                }
            }
        }
        for (String name : factory.getBeanNamesForType(InternalEventsClient.class, true, false)) {
            if (isReplaced(factory, name)) {
                replace(factory, name);
            }
        }
        if (test.recording()
                && BeanFactoryUtils.beanNamesForTypeIncludingAncestors(factory, InternalEventsClient.class, true, false)
                                .length
                        == 0) {
            replace(factory, CLIENT);
        }
    }

    /**
     * Counts in memory instead: counters in a folder or in Redis are the application's real ones, and a folder can be
     * used by only one context at a time.
     */
    private void countInMemory(DefaultListableBeanFactory factory) {
        boolean counts = context.getEnvironment().containsProperty(COUNTING);
        // Not if the application has its own store: its queue is placed by the same property.
        boolean ownStore = Arrays.stream(factory.getBeanNamesForType(MetricStore.class, true, false))
                .anyMatch(name -> !factory.containsBeanDefinition(name)
                        || !declaredIn(factory.getBeanDefinition(name)).startsWith(STARTER));
        if (counts && !ownStore) {
            context.getEnvironment()
                    .getPropertySources()
                    .addFirst(new MapPropertySource(TestClientBeans.class.getName(), Map.of(COUNTING, "memory")));
        }
    }

    /** The contexts of a hierarchy share one recorder, because the client may be in any of them. */
    private static Recorder recorder(DefaultListableBeanFactory factory) {
        BeanFactory parent = factory.getParentBeanFactory();
        Recorder inherited =
                parent == null ? null : parent.getBeanProvider(Recorder.class).getIfAvailable();
        return inherited == null ? new Recorder(event -> event.properties()) : inherited;
    }

    private boolean isReplaced(DefaultListableBeanFactory factory, String name) {
        if (test.collector()) {
            return true;
        } else if (test.deliver()) {
            return false;
        }
        String declaredIn = factory.containsBeanDefinition(name) ? declaredIn(factory.getBeanDefinition(name)) : "";
        // A client of a test configuration stays unless the test records: the test declared it on purpose.
        return !isOfStarter(factory, name) && (test.recording() || !isTestConfiguration(declaredIn));
    }

    private static boolean isOfStarter(DefaultListableBeanFactory factory, String name) {
        return factory.containsBeanDefinition(name)
                && declaredIn(factory.getBeanDefinition(name)).startsWith(STARTER);
    }

    /** Creates a client that checks events and tracks their twins, so that tests can inspect them. */
    private static BillingEventsClient billingClient(DefaultListableBeanFactory factory) {
        BillingEventsClientBuilder builder = BillingEventsClient.builder().delivery(false);
        factory.getBeanProvider(InternalEventsClient.class).ifUnique(builder::internalEvents);
        return builder.build();
    }

    /** Returns the class with the {@code @Bean} method, or an empty string if there is none. */
    private static String declaredIn(BeanDefinition definition) {
        @Nullable
        MethodMetadata method =
                definition instanceof AnnotatedBeanDefinition annotated ? annotated.getFactoryMethodMetadata() : null;
        return method == null ? "" : method.getDeclaringClassName();
    }

    private boolean isTestConfiguration(String declaredIn) {
        if (declaredIn.isEmpty() || !ClassUtils.isPresent(declaredIn, context.getClassLoader())) {
            return false;
        }
        Class<?> type = ClassUtils.resolveClassName(declaredIn, context.getClassLoader());
        return AnnotatedElementUtils.isAnnotated(type, TEST_CONFIGURATION);
    }

    private void replace(DefaultListableBeanFactory factory, String name) {
        replace(factory, name, new RootBeanDefinition(InternalEventsClient.class, () -> client(factory)));
    }

    private static void replace(DefaultListableBeanFactory factory, String name, RootBeanDefinition client) {
        if (factory.containsBeanDefinition(name)) {
            BeanDefinition original = factory.getBeanDefinition(name);
            client.setPrimary(original.isPrimary());
            client.setFallback(original.isFallback());
            client.setAutowireCandidate(original.isAutowireCandidate());
            copyQualifiers(original, client);
            factory.removeBeanDefinition(name);
        } else {
            factory.destroySingleton(name);
        }
        factory.registerBeanDefinition(name, client);
    }

    private static void copyQualifiers(BeanDefinition original, RootBeanDefinition client) {
        if (original instanceof AbstractBeanDefinition definition) {
            client.copyQualifiersFrom(definition);
        }
        @Nullable
        MethodMetadata method =
                original instanceof AnnotatedBeanDefinition annotated ? annotated.getFactoryMethodMetadata() : null;
        @Nullable
        Map<String, @Nullable Object> qualifier =
                method == null ? null : method.getAnnotationAttributes(Qualifier.class.getName());
        if (qualifier != null && qualifier.get("value") instanceof String value) {
            client.addQualifier(new AutowireCandidateQualifier(Qualifier.class, value));
        }
    }

    /** Creates a client with the context's interceptors and listeners, including the recorder. */
    private InternalEventsClient client(DefaultListableBeanFactory factory) {
        InternalEventsClientBuilder builder = InternalEventsClient.builder().shutdownHook(false);
        factory.getBeanProvider(EventInterceptor.class).orderedStream().forEach(builder::interceptor);
        factory.getBeanProvider(EventListener.class).orderedStream().forEach(builder::listener);
        factory.getBeanProvider(InternalEventSettings.class)
                .ifUnique(settings -> builder.appId(settings.appId())
                        .namespace(settings.namespace())
                        .sendUserId(settings.sendUserId())
                        .productUsageData(settings.options().productUsageData())
                        .selfHostedAi(settings.options().selfHostedAi())
                        .aiContext(settings.options().aiContext())
                        .servicePingContext(settings.options().servicePingContext())
                        .defaultContext(EventContext.builder()
                                .environment(settings.environment())
                                .source(source())
                                .build()));
        return (test.collector()
                        ? builder.endpoint(
                                URI.create(factory.getBean(TestCollector.class).url()))
                        : builder.delivery(false))
                .build();
    }

    /** Returns the source as the starter determines it. */
    private @Nullable String source() {
        String set = context.getEnvironment().getProperty("internal-events.source");
        return set == null || set.isBlank() ? context.getEnvironment().getProperty("spring.application.name") : set;
    }
}
