package dev.internalevents.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class EventContextTest {

    private static final EventContext SAAS =
            EventContext.builder().realm("saas").userId("secret").build();
    private static final EventContext DEDICATED =
            EventContext.builder().realm("dedicated").build();

    @Test
    void is_current_until_its_scope_is_closed() {
        assertThat(EventContext.current()).isEqualTo(EventContext.empty());
        try (Scope outer = SAAS.makeCurrent()) {
            try (Scope inner = DEDICATED.makeCurrent()) {
                assertThat(EventContext.current()).isSameAs(DEDICATED);
                inner.close();
                assertThat(EventContext.current()).isSameAs(SAAS);
            }
            assertThat(EventContext.current()).isSameAs(SAAS);
        }
        assertThat(RequestTracking.current()).isNull();
    }

    @Test
    void follows_wrapped_work_to_other_threads_and_is_gone_there_afterwards() throws Exception {
        ExecutorService pool = Executors.newSingleThreadExecutor();
        try {
            List<EventContext> seen = new ArrayList<>();
            pool.submit(SAAS.wrap(() -> {
                        seen.add(EventContext.current());
                    }))
                    .get();
            assertThat(pool.submit(SAAS.wrap(EventContext::current)).get()).isSameAs(SAAS);
            SAAS.wrap(pool).execute(() -> seen.add(EventContext.current()));
            assertThat(pool.submit(EventContext::current).get()).isSameAs(EventContext.empty());
            assertThat(seen).containsExactly(SAAS, SAAS);
        } finally {
            pool.shutdown();
            assertThat(pool.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void a_scope_closed_on_another_thread_changes_nothing_there() throws Exception {
        try (Scope scope = SAAS.makeCurrent()) {
            Thread other = new Thread(scope::close);
            other.start();
            other.join();
            assertThat(EventContext.current()).isSameAs(SAAS);
        }
    }

    @Test
    void shows_no_personal_data() {
        assertThat(SAAS.toString())
                .isEqualTo("EventContext[environment, realm, user_id]")
                .doesNotContain("secret");
    }

    @Test
    void a_changed_copy_leaves_the_original_alone() {
        EventContext changed = SAAS.toBuilder().realm(null).projectId(7L).build();

        assertThat(SAAS.realm()).isEqualTo("saas");
        assertThat(changed.realm()).isNull();
        assertThat(changed.userId()).isEqualTo("secret");
        assertThat(changed.projectId()).isEqualTo(7L);
    }

    @Test
    void a_list_of_namespaces_that_never_ends_or_lies_about_its_size_is_cut() {
        List<@Nullable Long> endless = new AbstractList<>() {
            @Override
            public @Nullable Long get(int index) {
                return index == 5 ? (Long) 7L : null;
            }

            @Override
            public int size() {
                return -1;
            }

            @Override
            public Iterator<@Nullable Long> iterator() {
                return Stream.iterate(0, i -> i + 1).map(this::get).iterator();
            }
        };
        assertThat(EventContext.builder()
                        .featureEnabledByNamespaceIds(endless)
                        .build()
                        .featureEnabledByNamespaceIds())
                .containsExactly(7L);
    }
}
