package dev.internalevents.junit;

import dev.internalevents.client.InternalEventsClient;
import dev.internalevents.definitions.Dictionary;
import dev.internalevents.junit.InternalEventsExtension.TrackedClient;
import java.time.Duration;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.springframework.context.ApplicationContext;
import org.springframework.test.context.BootstrapUtils;
import org.springframework.test.context.junit.jupiter.SpringExtension;

/** Looks up a test's objects in its Spring context. Loaded only in tests that use Spring, which is optional. */
final class SpringTests {

    private static final Duration FLUSH = Duration.ofSeconds(5);

    private SpringTests() {}

    static TrackedClient client(ExtensionContext context) {
        ApplicationContext spring = SpringExtension.getApplicationContext(context);
        return new TrackedClient(() -> spring.getBean(InternalEventsClient.class), spring.getBean(Recorder.class));
    }

    /** Returns the definitions that the annotation names, or else those of the application. */
    static Definitions definitions(String where, ExtensionContext context) {
        if (where.equals(Definitions.DEFAULT)) {
            Dictionary dictionary = SpringExtension.getApplicationContext(context)
                    .getBeanProvider(Dictionary.class)
                    .getIfUnique();
            if (dictionary != null && !dictionary.isEmpty()) {
                return Definitions.of(dictionary, "");
            }
        }
        return Definitions.read(where, context.getRequiredTestClass());
    }

    static TestCollector collector(ExtensionContext context) {
        return SpringExtension.getApplicationContext(context).getBean(TestCollector.class);
    }

    /** Removes from the context's collector the events that earlier tests sent. */
    static void emptyCollector(ExtensionContext context) {
        ApplicationContext spring = SpringExtension.getApplicationContext(context);
        spring.getBeanProvider(InternalEventsClient.class).forEach(client -> client.flush(FLUSH));
        spring.getBean(TestCollector.class).empty();
    }

    /** Returns whether Spring injects the parameter; only one extension may. */
    static boolean resolves(ParameterContext parameter, ExtensionContext context) {
        return new SpringExtension().supportsParameter(parameter, context);
    }

    /** Returns a key that is the same for all classes that share a context, without creating the context. */
    static String contextKey(Class<?> test) {
        try {
            return Integer.toHexString(BootstrapUtils.resolveTestContextBootstrapper(test)
                    .buildMergedContextConfiguration()
                    .hashCode());
        } catch (RuntimeException e) {
            // The test itself will fail with the same exception and report it.
            return "unknown";
        }
    }
}
