package dev.internalevents.junit;

import dev.internalevents.client.InternalEventsClient;
import dev.internalevents.client.InternalEventsClientBuilder;
import dev.internalevents.definitions.Dictionary;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.platform.commons.support.AnnotationSupport;

/**
 * Creates a client for each test, or finds the one in the test's Spring context, and checks the test's last assertion
 * when the test ends.
 */
final class InternalEventsExtension
        implements BeforeEachCallback, AfterTestExecutionCallback, AfterEachCallback, ParameterResolver {

    private static final ExtensionContext.Namespace NAMESPACE =
            ExtensionContext.Namespace.create(InternalEventsExtension.class);
    private static final String COLLECTOR = "dev.internalevents.collector.Collector";
    private static final String SPRING_EXTENSION = "org.springframework.test.context.junit.jupiter.SpringExtension";
    private static final Duration FLUSH = Duration.ofSeconds(5);

    /** A client injected into the constructor also belongs to a single test. */
    @Override
    public ExtensionContextScope getTestInstantiationExtensionContextScope(ExtensionContext root) {
        return ExtensionContextScope.TEST_METHOD;
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        if (isSpring(context) && annotation(context).collector()) {
            SpringTests.emptyCollector(context);
        }
        TestTracking.makeCurrent(tracking(context));
    }

    @Override
    public void afterTestExecution(ExtensionContext context) {
        finish(context);
    }

    /** Called after the {@code @AfterEach} methods, which may make assertions too. */
    @Override
    public void afterEach(ExtensionContext context) {
        try {
            finish(context);
        } finally {
            TestTracking.makeCurrent(null);
        }
    }

    private static void finish(ExtensionContext context) {
        if (context.getExecutionException().isEmpty()) {
            tracking(context).finish();
        }
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        boolean ours = type == InternalEventsClient.class
                || type == RecordedEvents.class
                || type == Dictionary.class
                || (annotation(context).collector() && type.getName().equals(COLLECTOR));
        return ours && !(isSpring(context) && SpringTests.resolves(parameter, context));
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        if (type == InternalEventsClient.class) {
            return tracked(context).client().get();
        } else if (type == Dictionary.class) {
            return definitions(context).dictionary();
        } else if (type == RecordedEvents.class) {
            return context.getTestMethod().isPresent() ? tracking(context).events() : eventsOfAllTests(context);
        }
        return testCollector(context).collector();
    }

    /**
     * Returns the tracking of one test. It starts with the first constructor parameter, or otherwise before the test.
     */
    private static TestTracking tracking(ExtensionContext context) {
        ExtensionContext.Store store = context.getStore(NAMESPACE);
        // Not shared through the class's store: neither a nested class nor a parameter of @BeforeAll may reuse it.
        return store.computeIfAbsent(
                TestTracking.class + context.getUniqueId(),
                key -> {
                    Recorder recorder = tracked(context).recorder();
                    TestTracking tracking = new TestTracking(definitions(context));
                    recorder.begin(tracking);
                    store.put(key + " end", (AutoCloseable) () -> recorder.end(tracking));
                    return tracking;
                },
                TestTracking.class);
    }

    private static RecordedEvents eventsOfAllTests(ExtensionContext context) {
        ExtensionContext.Store store = context.getStore(NAMESPACE);
        return store.computeIfAbsent(
                RecordedEvents.class + context.getUniqueId(),
                key -> {
                    Recorder recorder = tracked(context).recorder();
                    RecordedEvents events = recorder.recordAll();
                    store.put(key + " end", (AutoCloseable) () -> recorder.forget(events));
                    return events;
                },
                RecordedEvents.class);
    }

    /** A client and the recorder of its events. */
    record TrackedClient(Supplier<InternalEventsClient> client, Recorder recorder) {}

    /** Returns the client of the Spring context, or else of the test; of the class if the class requested it first. */
    private static TrackedClient tracked(ExtensionContext context) {
        if (isSpring(context)) {
            return SpringTests.client(context);
        }
        ExtensionContext.Store store = context.getStore(NAMESPACE);
        return store.computeIfAbsent(
                TrackedClient.class,
                type -> {
                    TrackedClient tracked = make(context);
                    InternalEventsClient client = tracked.client().get();
                    store.put("closing the client", (AutoCloseable) () -> client.close(FLUSH));
                    return tracked;
                },
                TrackedClient.class);
    }

    private static TrackedClient make(ExtensionContext context) {
        InternalEventsTest annotation = annotation(context);
        if (annotation.deliver()) {
            throw new ExtensionConfigurationException("@InternalEventsTest(deliver = true) on "
                    + context.getRequiredTestClass().getName()
                    + " needs a Spring test, whose application sets where events go; expected @InternalEventsTest(collector ="
                    + " true) here");
        }
        Recorder recorder = new Recorder(definitions(context).check());
        InternalEventsClientBuilder builder = InternalEventsClient.builder()
                .shutdownHook(false)
                .interceptor(recorder)
                .listener(recorder);
        if (annotation.collector()) {
            builder.endpoint(URI.create(testCollector(context).url()));
        } else {
            builder.delivery(false);
        }
        InternalEventsClient client = builder.build();
        return new TrackedClient(() -> client, recorder);
    }

    private static TestCollector testCollector(ExtensionContext context) {
        requireCollector(context.getRequiredTestClass());
        if (isSpring(context)) {
            return SpringTests.collector(context);
        }
        return context.getStore(NAMESPACE)
                .computeIfAbsent(TestCollector.class, type -> TestCollector.start(), TestCollector.class);
    }

    /**
     * Checks that the collector, which is optional, can be started.
     *
     * @throws ExtensionConfigurationException if it is not on the class path
     */
    static void requireCollector(Class<?> test) {
        try {
            Class.forName(COLLECTOR, false, InternalEventsExtension.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            throw new ExtensionConfigurationException(
                    "@InternalEventsTest(collector = true) on " + test.getName()
                            + " needs the artifact dev.internalevents:internal-events-collector, which is not on the class"
                            + " path; add it with scope test",
                    e);
        }
    }

    private static Definitions definitions(ExtensionContext context) {
        String where = annotation(context).definitions();
        if (isSpring(context)) {
            return SpringTests.definitions(where, context);
        }
        return Definitions.read(where, context.getRequiredTestClass());
    }

    private static boolean isSpring(ExtensionContext context) {
        return isSpring(context.getRequiredTestClass());
    }

    /** Returns whether Spring's own extension also runs this test; looked up by name, because Spring is optional. */
    static boolean isSpring(Class<?> test) {
        for (@Nullable Class<?> type = test; type != null; type = type.getEnclosingClass()) {
            for (ExtendWith extensions : AnnotationSupport.findRepeatableAnnotations(type, ExtendWith.class)) {
                if (Arrays.stream(extensions.value())
                        .anyMatch(extension -> extension.getName().equals(SPRING_EXTENSION))) {
                    return true;
                }
            }
        }
        return false;
    }

    private static InternalEventsTest annotation(ExtensionContext context) {
        return annotation(context.getRequiredTestClass())
                .orElseThrow(() -> new IllegalStateException("@InternalEventsTest is missing"));
    }

    /** Returns the annotation of a class, a superclass or an enclosing class; it may be a meta-annotation. */
    static Optional<InternalEventsTest> annotation(Class<?> test) {
        for (@Nullable Class<?> type = test; type != null; type = type.getEnclosingClass()) {
            Optional<InternalEventsTest> annotation = AnnotationSupport.findAnnotation(type, InternalEventsTest.class);
            if (annotation.isPresent()) {
                return annotation;
            }
        }
        return Optional.empty();
    }
}
