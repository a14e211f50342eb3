package dev.internalevents.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RecentCacheTest {

    private final RecentCache<String, Integer> cache = new RecentCache<>(100);

    @Test
    void returns_what_was_put() {
        cache.put("one", 1);
        assertThat(cache.get("one")).isEqualTo(1);
        assertThat(cache.get("two")).isNull();
    }

    @Test
    void keeps_an_entry_in_use_however_many_others_are_added() {
        cache.put("in use", 0);
        for (int i = 0; i < 10_000; i++) {
            cache.put("made up " + i, i);
            assertThat(cache.get("in use")).isEqualTo(0);
        }
    }

    @Test
    void has_at_most_two_generations_of_entries() {
        for (int i = 0; i < 10_000; i++) {
            cache.put("made up " + i, i);
            cache.get("made up " + (i - 150));
            assertThat(cache.size()).isLessThanOrEqualTo(200);
        }
    }

    @Test
    void evicts_what_was_not_used_while_two_generations_were_filled() {
        cache.put("unused", 0);
        for (int i = 0; i < 200; i++) {
            cache.put("other " + i, i);
        }
        assertThat(cache.get("unused")).isNull();
    }
}
