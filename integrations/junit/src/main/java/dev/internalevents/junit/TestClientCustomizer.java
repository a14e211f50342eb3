package dev.internalevents.junit;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.test.context.ContextCustomizer;
import org.springframework.test.context.MergedContextConfiguration;

/**
 * What becomes of the client in a Spring context. Contexts are cached by it, so tests share one if these are equal.
 *
 * @param recording whether tests look at the events
 * @param deliver whether the application's client is left to send
 * @param collector whether events go to a collector of the context's own
 */
record TestClientCustomizer(boolean recording, boolean deliver, boolean collector) implements ContextCustomizer {

    /** For tests that do not look at events: none leaves the process. */
    static final TestClientCustomizer SILENT = new TestClientCustomizer(false, false, false);

    @Override
    public void customizeContext(ConfigurableApplicationContext context, MergedContextConfiguration configuration) {
        context.addBeanFactoryPostProcessor(new TestClientBeans(this, context));
    }
}
