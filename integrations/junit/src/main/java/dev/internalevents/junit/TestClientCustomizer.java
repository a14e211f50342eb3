package dev.internalevents.junit;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.test.context.ContextCustomizer;
import org.springframework.test.context.MergedContextConfiguration;

/**
 * What to do with the client in a Spring context. It is part of the key of Spring's context cache, so tests share a
 * context only if their customizers are equal.
 *
 * @param recording whether tests inspect the events
 * @param deliver whether the application's client may send
 * @param collector whether events go to a collector of this context
 */
record TestClientCustomizer(boolean recording, boolean deliver, boolean collector) implements ContextCustomizer {

    /** For tests that do not inspect events: no event leaves the process. */
    static final TestClientCustomizer SILENT = new TestClientCustomizer(false, false, false);

    @Override
    public void customizeContext(ConfigurableApplicationContext context, MergedContextConfiguration configuration) {
        context.addBeanFactoryPostProcessor(new TestClientBeans(this, context));
    }
}
