package dev.internalevents.junit;

import java.util.List;
import org.springframework.test.context.ContextConfigurationAttributes;
import org.springframework.test.context.ContextCustomizer;
import org.springframework.test.context.ContextCustomizerFactory;

/**
 * Replaces the client in each Spring test, with or without {@link InternalEventsTest}; registered in
 * {@code spring.factories}.
 */
final class TestClientCustomizerFactory implements ContextCustomizerFactory {

    @Override
    public ContextCustomizer createContextCustomizer(
            Class<?> test, List<ContextConfigurationAttributes> configurationAttributes) {
        return InternalEventsExtension.annotation(test)
                .map(annotation -> {
                    if (annotation.collector()) {
                        InternalEventsExtension.requireCollector(test);
                    }
                    return new TestClientCustomizer(true, annotation.deliver(), annotation.collector());
                })
                .orElse(TestClientCustomizer.SILENT);
    }
}
