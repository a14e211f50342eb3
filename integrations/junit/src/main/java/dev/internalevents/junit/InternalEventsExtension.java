package dev.internalevents.junit;

import dev.internalevents.client.InternalEventsClient;
import dev.internalevents.collector.Collector;
import dev.internalevents.collector.CollectorSettings;
import dev.internalevents.defined.DefinedEvents;
import dev.internalevents.defined.InProcessCounting;
import dev.internalevents.definitions.Dictionary;
import dev.internalevents.metrics.Counters;
import dev.internalevents.metrics.DirectEventCounter;
import dev.internalevents.metrics.Metrics;
import dev.internalevents.metrics.store.MemoryMetricStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Makes a client for each test, and checks what the test's last assertion says when the test is over. */
final class InternalEventsExtension
        implements BeforeEachCallback, AfterTestExecutionCallback, AfterEachCallback, ParameterResolver {

    private static final ExtensionContext.Namespace NAMESPACE =
            ExtensionContext.Namespace.create(InternalEventsExtension.class);
    private static final String CLASS_PATH = "classpath:";

    /** Definitions are read once, however many tests ask for them. */
    private static final Map<String, Dictionary> DICTIONARIES = new ConcurrentHashMap<>();

    /** A client that the constructor gets belongs to one test too. */
    @Override
    public ExtensionContextScope getTestInstantiationExtensionContextScope(ExtensionContext root) {
        return ExtensionContextScope.TEST_METHOD;
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        TestTracking.makeCurrent(tracking(context));
    }

    @Override
    public void afterTestExecution(ExtensionContext context) {
        if (context.getExecutionException().isEmpty()) {
            tracking(context).checkLast();
        }
    }

    @Override
    public void afterEach(ExtensionContext context) {
        TestTracking.makeCurrent(null);
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        return type == InternalEventsClient.class
                || type == RecordedEvents.class
                || type == Dictionary.class
                || (annotation(context).collector() && type.getName().equals("dev.internalevents.collector.Collector"));
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        TestTracking tracking = tracking(context);
        if (type == InternalEventsClient.class) {
            return tracking.client();
        } else if (type == RecordedEvents.class) {
            return tracking.events();
        }
        return type == Dictionary.class ? tracking.dictionary() : collector(context);
    }

    private static TestTracking tracking(ExtensionContext context) {
        return context.getStore(NAMESPACE)
                .computeIfAbsent(TestTracking.class, type -> make(context), TestTracking.class);
    }

    private static TestTracking make(ExtensionContext context) {
        InternalEventsTest annotation = annotation(context);
        Dictionary dictionary = dictionary(annotation.definitions(), context.getRequiredTestClass());
        Counters counters = Counters.of(dictionary);
        MemoryMetricStore store = new MemoryMetricStore(counters);
        RecordedEvents events = new RecordedEvents();
        InternalEventsClient.Builder builder = InternalEventsClient.builder()
                .shutdownHook(false)
                .listener(events)
                .listener(new InProcessCounting(new DirectEventCounter(counters, store)));
        if (!dictionary.isEmpty()) {
            builder.interceptor(DefinedEvents.strict(dictionary));
        }
        if (annotation.collector()) {
            builder.endpoint(URI.create(((Collector) collector(context)).url()));
        } else {
            builder.delivery(false);
        }
        InternalEventsClient client = builder.build();
        context.getStore(NAMESPACE).put("client", (AutoCloseable) () -> client.close(Duration.ofSeconds(5)));
        return new TestTracking(
                client, events, dictionary, new Metrics(dictionary, counters, store, Clock.systemUTC()));
    }

    private static Object collector(ExtensionContext context) {
        return context.getStore(NAMESPACE).computeIfAbsent("collector", key -> {
            try {
                return Collector.start(CollectorSettings.local(0));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    private static Dictionary dictionary(String definitions, Class<?> test) {
        return DICTIONARIES.computeIfAbsent(definitions, where -> {
            if (where.isEmpty()) {
                return Dictionary.EMPTY;
            } else if (!where.startsWith(CLASS_PATH)) {
                return Dictionary.load(Path.of(where));
            }
            String folder = where.substring(CLASS_PATH.length());
            ClassLoader loader = test.getClassLoader();
            // The default is for those who have definitions; who has none need not say so.
            boolean isDefault = where.equals("classpath:internal-events");
            return isDefault && loader.getResource(folder) == null
                    ? Dictionary.EMPTY
                    : Dictionary.loadFromClassPath(folder, loader);
        });
    }

    private static InternalEventsTest annotation(ExtensionContext context) {
        for (Class<?> type = context.getRequiredTestClass(); type != null; type = type.getEnclosingClass()) {
            InternalEventsTest annotation = type.getAnnotation(InternalEventsTest.class);
            if (annotation != null) {
                return annotation;
            }
        }
        throw new IllegalStateException("@InternalEventsTest is missing");
    }
}
