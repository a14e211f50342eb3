package dev.internalevents.junit;

import dev.internalevents.client.definitions.DefinedEvents;
import org.springframework.beans.factory.config.BeanPostProcessor;

/** Makes the context's own check of events fit for tests, because it may come before that of the test and drop an event. */
final class TestChecks implements BeanPostProcessor {

    private final TestClientCustomizer test;

    TestChecks(TestClientCustomizer test) {
        this.test = test;
    }

    @Override
    public Object postProcessAfterInitialization(Object bean, String name) {
        if (!(bean instanceof DefinedEvents check)) {
            return bean;
        }
        DefinedEvents strictness = test.recording() ? check.strict() : check;
        // An extra tracker sends events elsewhere.
        return test.deliver() ? strictness : strictness.withoutExtraTracking();
    }
}
