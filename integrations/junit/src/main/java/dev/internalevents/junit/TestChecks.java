package dev.internalevents.junit;

import dev.internalevents.client.definitions.DefinedEvents;
import org.springframework.beans.factory.config.BeanPostProcessor;

/**
 * Makes the context's own event check suitable for tests: it may run before the check of the test and drop an event
 * that the test's check would report.
 */
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
        // An extra tracker sends events to another destination.
        return test.deliver() ? strictness : strictness.withoutExtraTracking();
    }
}
