package dev.internalevents.junit;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.parallel.ResourceLocksProvider;

/**
 * Keeps test classes of one Spring context from running at the same time: they share its client, and an event of a
 * server's thread cannot be assigned to one of them. Plain tests need no lock.
 */
final class SpringContextLocks implements ResourceLocksProvider {

    @Override
    public Set<Lock> provideForClass(Class<?> test) {
        return InternalEventsExtension.isSpring(test)
                ? Set.of(new Lock("dev.internalevents.junit.SpringContext-" + SpringTests.contextKey(test)))
                : Set.of();
    }

    @Override
    public Set<Lock> provideForNestedClass(List<Class<?>> enclosing, Class<?> test) {
        return provideForClass(test);
    }
}
