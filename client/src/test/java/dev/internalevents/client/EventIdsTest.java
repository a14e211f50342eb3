package dev.internalevents.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.internalevents.client.internal.emitter.WallClock;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class EventIdsTest {

    /** All state in a snapshot is the same in both copies; only the time differs. */
    @Test
    void two_processes_of_one_snapshot_make_different_ids() throws Exception {
        EventIds original = new EventIds();
        EventIds first = copy(original);
        EventIds second = copy(original);
        Set<UUID> ids = new HashSet<>();

        for (int i = 0; i < 10_000; i++) {
            ids.add(next(first));
            ids.add(next(second));
        }

        assertThat(ids).hasSize(20_000).allMatch(id -> id.version() == 4 && id.variant() == 2);
    }

    @Test
    void the_salt_is_fresh_when_the_clocks_moved() throws Exception {
        EventIds original = new EventIds();
        EventIds first = copy(original);
        EventIds second = copy(original);
        long now = System.nanoTime();
        WallClock clock = WallClock.at(now);
        first.mostSignificantBits(0, now, clock);
        second.mostSignificantBits(0, now, clock);

        // The same nanosecond, long after the snapshot: only the salt distinguishes the copies.
        long later = now + 10_000_000_000L;
        assertThat(first.mostSignificantBits(0, later, clock))
                .isNotEqualTo(second.mostSignificantBits(0, later, clock));
    }

    private static UUID next(EventIds ids) {
        long now = System.nanoTime();
        return new UUID(ids.mostSignificantBits(0, now, WallClock.at(now)), ids.nextLeastSignificantBits(0));
    }

    private static EventIds copy(EventIds original) throws Exception {
        EventIds copy = new EventIds();
        for (Field field : EventIds.class.getDeclaredFields()) {
            field.setAccessible(true);
            if (field.getType() == long[].class) {
                System.arraycopy(field.get(original), 0, field.get(copy), 0, ((long[]) field.get(copy)).length);
            } else if (field.getName().equals("counts")) {
                java.util.concurrent.atomic.AtomicLongArray from =
                        (java.util.concurrent.atomic.AtomicLongArray) field.get(original);
                java.util.concurrent.atomic.AtomicLongArray to =
                        (java.util.concurrent.atomic.AtomicLongArray) field.get(copy);
                for (int i = 0; i < from.length(); i++) {
                    to.set(i, from.get(i));
                }
            } else if (!Modifier.isStatic(field.getModifiers()) && !Modifier.isFinal(field.getModifiers())) {
                field.set(copy, field.get(original));
            }
        }
        return copy;
    }
}
