package dev.internalevents.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Gives each test a client of its own, as a parameter of the test, of a {@code @BeforeEach} method or of the constructor:
 * {@code InternalEventsClient}, which sends nothing, and {@code RecordedEvents}, what it has tracked. Tests that run at the
 * same time do not see each other's events.
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
 */
@Documented
@Inherited
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(InternalEventsExtension.class)
public @interface InternalEventsTest {

    /**
     * The definitions that events are checked against and counted by: a folder, or {@code classpath:} and a folder of the
     * class path. What is not defined, or not as it is defined, throws. Empty for no definitions.
     */
    String definitions() default "classpath:internal-events";

    /**
     * Whether events also go to a collector in this process, a {@code Collector} parameter; it needs internal-events-collector
     * on the class path.
     */
    boolean collector() default false;
}
