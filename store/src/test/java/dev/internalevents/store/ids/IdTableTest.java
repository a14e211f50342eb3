package dev.internalevents.store.ids;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class IdTableTest {

    private static Set<Long> find(IdTable table, long key, boolean all) {
        Candidates found = new Candidates();
        table.find(key, all, 0, found);
        Set<Long> numbers = new HashSet<>();
        found.forEach((query, number) -> numbers.add(number));
        return numbers;
    }

    @Test
    void each_key_and_the_newest_of_each_id_are_found() {
        IdTable table = new IdTable();
        Random random = new Random(3);
        Map<Long, Set<Long>> keys = new HashMap<>();
        Map<Long, Set<Long>> ids = new HashMap<>();
        Map<Long, Long> newest = new HashMap<>();
        for (long number = 1_000; number < 60_000; number++) {
            // Few ids, so that many have several events, and some events occur several times.
            long key = ((random.nextLong(20_000) * 0x1234567) << 20) | random.nextLong(2);
            table.add(key, number, number);
            keys.computeIfAbsent(key, k -> new HashSet<>()).add(number);
            ids.computeIfAbsent(key >>> 20, k -> new HashSet<>()).add(number);
            newest.put(key >>> 20, number);
        }
        assertThat(table.size()).isEqualTo(59_000);
        assertThat(table.last()).isEqualTo(59_999);
        keys.forEach((key, numbers) -> {
            assertThat(find(table, key, false)).containsAll(numbers).contains(newest.get(key >>> 20));
            assertThat(ids.get(key >>> 20)).containsAll(find(table, key, false));
        });
        keys.keySet().stream()
                .limit(100)
                .forEach(key -> assertThat(find(table, key, true)).isEqualTo(ids.get(key >>> 20)));
        assertThat(find(table, Long.MAX_VALUE, true)).isEmpty();
    }

    @Test
    void entries_come_out_in_the_order_of_their_keys() {
        IdTable table = new IdTable();
        Random random = new Random(4);
        Map<Long, Long> added = new HashMap<>();
        for (long number = 1; number <= 10_000; number++) {
            long key = random.nextLong() >>> 1;
            added.put(number, key);
            table.add(key, number, 0);
        }
        IdTable.Sorted sorted = table.sorted();
        List<Long> keys = new ArrayList<>();
        for (int i = 0; i < sorted.size(); i++) {
            assertThat(added.remove(sorted.number(i))).isEqualTo(sorted.key(i));
            keys.add(sorted.key(i));
        }
        assertThat(keys).isSorted();
        assertThat(added).isEmpty();
    }

    /** A naive table would compare each of the half a million entries with all others. */
    @Test
    void half_a_million_events_with_one_id_are_no_dearer_than_others() {
        assertTimeoutPreemptively(Duration.ofSeconds(30), () -> {
            IdTable table = new IdTable();
            AtomicLong random = new AtomicLong(1);
            for (long number = 1; number <= 500_000; number++) {
                long fingerprint = random.updateAndGet(r -> r * 6364136223846793005L + 1442695040888963407L) >>> 44;
                table.add((7L << 20) | fingerprint, number, 0);
                assertThat(find(table, (7L << 20) | fingerprint, false))
                        .contains(number)
                        .hasSizeLessThan(100);
            }
        });
    }
}
