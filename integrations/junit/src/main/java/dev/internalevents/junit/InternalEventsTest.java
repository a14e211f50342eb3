package dev.internalevents.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * Records the events of each test for {@link InternalEventsAssertions}. Nothing is sent.
 *
 * <p>In a plain test each test has its own client, injected as a parameter of the test, of a {@code @BeforeEach} method
 * or of the constructor: {@code InternalEventsClient}; {@code RecordedEvents} contains what it has tracked. Tests that
 * run at the same time do not see each other's events. A parameter of a {@code @BeforeAll} method, or of the
 * constructor of a {@code PER_CLASS} test, belongs to all tests of the class; assertions still see only the events of
 * their own test.
 *
 * <pre>{@code
 * @InternalEventsTest
 * class WebIdeTest {
 *     @Test
 *     void is_tracked(InternalEventsClient internalEvents) {
 *         WebIde ide = new WebIde(internalEvents);
 *         assertThatCode(() -> ide.open(user)).triggersInternalEvent("web_ide_viewed").withUser(1);
 *     }
 * }
 * }</pre>
 *
 * <p>In a Spring test, such as one with {@code @SpringBootTest} or {@code @WebMvcTest}, the application's bean
 * {@code InternalEventsClient} is replaced by one that records and uses the application's own interceptors and
 * listeners. Classes with the same configuration share a context as usual, and do not run at the same time.
 */
@Documented
@Inherited
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(InternalEventsExtension.class)
@ResourceLock(providers = SpringContextLocks.class)
public @interface InternalEventsTest {

    /**
     * The definitions that events are checked against and counted by: a folder, or {@code classpath:} and a folder on
     * the class path. Tracking an event that is not defined, or that does not match its definition, throws. Empty for
     * no definitions. In a Spring test the default means the application's {@code Dictionary} bean, if it has one.
     */
    String definitions() default Definitions.DEFAULT;

    /**
     * Whether events also go to a collector in this process, available as a {@code Collector} parameter. Needs
     * internal-events-collector on the class path. The collector is empty when a test starts.
     */
    boolean collector() default false;

    /**
     * Whether a Spring test sends its events as the application is configured to. If false, no event leaves a Spring
     * test; the same applies to Spring tests without this annotation if internal-events-junit is on the class path. In
     * plain tests use {@link #collector} instead.
     */
    boolean deliver() default false;
}
