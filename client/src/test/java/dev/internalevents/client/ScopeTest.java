package dev.internalevents.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The current tracking of a thread while scopes are opened, forgotten and closed in any order. */
@SuppressWarnings("MustBeClosedChecker")
class ScopeTest {

    private static final RequestTracking REQUEST = tracking("request");
    private static final RequestTracking OTHER = tracking("other");
    private static final RequestTracking LEAKED = tracking("leaked");

    @AfterEach
    void clear() {
        RequestTracking.clear();
    }

    @Test
    void a_forgotten_scope_ends_with_the_one_around_it() {
        try (Scope request = REQUEST.makeCurrent()) {
            LEAKED.makeCurrent();
            LEAKED.context().makeCurrent();
            assertThat(EventContext.current().instanceId()).isEqualTo("leaked");
        }
        assertThat(RequestTracking.current()).isNull();
    }

    @Test
    void what_is_preserved_comes_back_also_when_it_was_nothing() {
        try (Scope nothing = RequestTracking.preserve()) {
            assertThat(RequestTracking.current()).isNull();
            LEAKED.makeCurrent();
        }
        assertThat(RequestTracking.current()).isNull();

        try (Scope request = REQUEST.makeCurrent()) {
            try (Scope preserved = RequestTracking.preserve()) {
                assertThat(RequestTracking.current()).isSameAs(REQUEST);
                LEAKED.makeCurrent();
            }
            assertThat(RequestTracking.current()).isSameAs(REQUEST);
        }
    }

    @Test
    void scopes_closed_out_of_order_leave_nothing_behind() {
        Scope outer = REQUEST.makeCurrent();
        Scope inner = OTHER.makeCurrent();

        outer.close();
        assertThat(RequestTracking.current()).isNull();
        inner.close();
        assertThat(RequestTracking.current()).isNull();
    }

    @Test
    void a_scope_of_an_earlier_request_that_is_closed_late_does_not_touch_the_next() {
        Scope late;
        try (Scope first = REQUEST.makeCurrent()) {
            late = LEAKED.makeCurrent();
        }
        try (Scope second = OTHER.makeCurrent()) {
            late.close();
            assertThat(RequestTracking.current()).isSameAs(OTHER);
        }
        assertThat(RequestTracking.current()).isNull();
    }

    @Test
    void clear_ends_every_scope_for_good() {
        Scope outer = REQUEST.makeCurrent();
        Scope inner = LEAKED.makeCurrent();

        RequestTracking.clear();
        assertThat(RequestTracking.current()).isNull();
        inner.close();
        outer.close();
        assertThat(RequestTracking.current()).isNull();
    }

    @Test
    void wrapped_work_leaves_no_scope_open() throws Exception {
        REQUEST.wrap((Runnable) LEAKED::makeCurrent).run();
        assertThat(RequestTracking.current()).isNull();
        assertThat(REQUEST.wrap(LEAKED::makeCurrent).call()).isNotNull();
        assertThat(RequestTracking.current()).isNull();
        REQUEST.wrap(Runnable::run).execute(LEAKED::makeCurrent);
        assertThat(RequestTracking.current()).isNull();
    }

    @Test
    void detach_restores_what_was_there_before_attach() {
        try (Scope request = REQUEST.makeCurrent()) {
            RequestTracking.attach(null);
            assertThat(RequestTracking.current()).isNull();
            RequestTracking.attach(OTHER);
            LEAKED.makeCurrent();
            RequestTracking.detach();
            assertThat(RequestTracking.current()).isNull();
            RequestTracking.detach();
            assertThat(RequestTracking.current()).isSameAs(REQUEST);
            RequestTracking.detach();
            assertThat(RequestTracking.current()).isSameAs(REQUEST);
        }
        RequestTracking.attach(null);
        LEAKED.makeCurrent();
        RequestTracking.detach();
        assertThat(RequestTracking.current()).isNull();
    }

    @Test
    void a_thread_that_never_closes_keeps_a_bounded_number_and_its_outer_scope_still_works() {
        Scope request = REQUEST.makeCurrent();
        RequestTracking.attach(OTHER);
        for (int i = 0; i < 10 * OpenScope.MAX_DEPTH + 7; i++) {
            LEAKED.makeCurrent();
        }
        assertThat(OpenScope.depth()).isLessThanOrEqualTo(OpenScope.MAX_DEPTH);
        RequestTracking.detach();
        assertThat(RequestTracking.current()).isNotSameAs(LEAKED);
        for (int i = 0; i < 10 * OpenScope.MAX_DEPTH + 7; i++) {
            LEAKED.makeCurrent();
        }
        request.close();
        assertThat(RequestTracking.current()).isNull();
    }

    @Test
    void nesting_deeper_than_the_limit_ends_with_nothing_left() {
        Deque<Scope> scopes = new ArrayDeque<>();
        for (int i = 0; i < 3 * OpenScope.MAX_DEPTH; i++) {
            scopes.push(REQUEST.makeCurrent());
            assertThat(RequestTracking.current()).isSameAs(REQUEST);
        }
        scopes.forEach(Scope::close);
        assertThat(RequestTracking.current()).isNull();
    }

    @Test
    void clear_closes_for_good_what_was_opened_beyond_the_limit() {
        List<Scope> scopes = new ArrayList<>();
        for (int i = 0; i < 3 * OpenScope.MAX_DEPTH; i++) {
            scopes.add(LEAKED.makeCurrent());
        }
        RequestTracking.clear();
        assertThat(RequestTracking.current()).isNull();
        try (Scope request = REQUEST.makeCurrent()) {
            scopes.forEach(Scope::close);
            assertThat(RequestTracking.current()).isSameAs(REQUEST);
        }
        assertThat(RequestTracking.current()).isNull();
    }

    @Test
    void a_tracking_without_a_context_is_refused_when_it_is_made() {
        assertThatThrownBy(() -> new RequestTracking(null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("context");
        assertThatThrownBy(() -> REQUEST.with(null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("context");
    }

    /** Compares with a model: a list of the trackings of the open scopes, truncated where a scope is closed. */
    @Property
    void any_sequence_agrees_with_a_list(@ForAll List<@IntRange(max = 7) Integer> steps) {
        List<@Nullable RequestTracking> model = new ArrayList<>();
        List<Scope> scopes = new ArrayList<>();
        List<Scope> ended = new ArrayList<>();
        for (int step : steps) {
            int size = model.size();
            if (step < 4) {
                RequestTracking tracking = tracking("r" + step);
                scopes.add(tracking.makeCurrent());
                model.add(tracking);
            } else if (step == 4) {
                model.add(size == 0 ? null : model.get(size - 1));
                scopes.add(RequestTracking.preserve());
            } else if (step == 5 && !ended.isEmpty()) {
                ended.get(ended.size() / 2).close();
            } else if (size > 0) {
                int at = step == 6 ? size - 1 : size / 2;
                scopes.get(at).close();
                ended.addAll(scopes.subList(at, size));
                scopes.subList(at, size).clear();
                model.subList(at, size).clear();
            }
            assertThat(RequestTracking.current()).isSameAs(model.isEmpty() ? null : model.get(model.size() - 1));
        }
        RequestTracking.clear();
    }

    private static RequestTracking tracking(String name) {
        return new RequestTracking(EventContext.builder().instanceId(name).build());
    }
}
