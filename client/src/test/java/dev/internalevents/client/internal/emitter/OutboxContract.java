package dev.internalevents.client.internal.emitter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.internalevents.client.delivery.DeliveryListener;
import dev.internalevents.client.delivery.DropReason;
import dev.internalevents.client.internal.Lifecycle;
import dev.internalevents.protocol.PayloadBody;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The contract of every outbox; each implementation has a test that extends this. */
abstract class OutboxContract {

    private static final Duration LONG = Duration.ofSeconds(30);
    private static final int ALL = 1_000_000;

    final Accounts accounts = new Accounts(DeliveryListener.NONE);
    final Lifecycle lifecycle = new Lifecycle();
    private final PayloadBody body = new PayloadBody(0);
    private final List<Outbox> open = new ArrayList<>();

    /** An outbox with room for thousands of events. */
    abstract Outbox roomy() throws Exception;

    /** An outbox that is full after some ten or hundred events. */
    abstract Outbox small() throws Exception;

    /** An outbox that is occasionally full while eight threads offer and one takes. */
    Outbox busy() throws Exception {
        return small();
    }

    private Outbox opened(Outbox outbox) {
        open.add(outbox);
        return outbox;
    }

    @AfterEach
    void close() {
        open.forEach(Outbox::close);
    }

    @Test
    @DisplayName("gives back what was offered, in order, and is empty then")
    void in_order() throws Exception {
        Outbox outbox = opened(roomy());
        List<String> names = IntStream.range(0, 1_000).mapToObj(i -> "e" + i).toList();
        names.forEach(name -> assertThat(outbox.offer(TestEvent.now(name))).isEqualTo(Outbox.Offer.TAKEN));

        assertThat(outbox.size()).isEqualTo(1_000);
        assertThat(takeAll(outbox)).isEqualTo(names);
        assertThat(outbox.size()).isZero();
    }

    @Test
    @DisplayName("fills a request no further than told; a single event that is larger goes alone")
    void no_more_bytes_than_told() throws Exception {
        Outbox outbox = opened(roomy());
        outbox.offer(TestEvent.now("small"));
        outbox.offer(TestEvent.heavy("large", 3_000));
        outbox.offer(TestEvent.now("small too"));

        List<List<String>> requests = new ArrayList<>();
        for (Outbox.Taken batch = take(outbox, 10, 1_500); batch != null; batch = take(outbox, 10, 1_500)) {
            requests.add(names());
            batch.settle();
        }
        assertThat(requests).containsExactly(List.of("small"), List.of("large"), List.of("small too"));
    }

    @Test
    @DisplayName("says that it is full, keeps what it has, and takes events again when some are settled")
    void full() throws Exception {
        Outbox outbox = opened(small());
        int taken = fill(outbox);
        assertThat(outbox.offer(TestEvent.now("one too many"))).isEqualTo(Outbox.Offer.FULL);
        assertThat(outbox.size()).isEqualTo(taken);

        assertThat(takeAll(outbox)).hasSize(taken).startsWith("e0", "e1");
        assertThat(outbox.size()).isZero();
        await().atMost(LONG).until(() -> outbox.offer(TestEvent.now("again")) == Outbox.Offer.TAKEN);
        assertThat(takeAll(outbox)).containsExactly("again");
    }

    @Test
    @DisplayName("drops what has waited longest, counts it, and has room then")
    void drops_the_oldest() throws Exception {
        Outbox outbox = opened(small());
        int taken = fill(outbox);
        accounts.recovered(taken);

        assertThat(outbox.dropOldest()).isTrue();
        long dropped = accounts.dropped(DropReason.FULL);
        assertThat(dropped).isBetween(1L, (long) taken);
        await().atMost(LONG).until(() -> outbox.offer(TestEvent.now("newest")) == Outbox.Offer.TAKEN);
        assertThat(takeAll(outbox)).startsWith("e" + dropped).hasSize(taken + 1 - (int) dropped);
        assertThat(accounts.drops().get(DropReason.FULL)).containsEntry("e0", 1L);
    }

    @Test
    @DisplayName("an event that can never fit is refused as that")
    void never_fits() throws Exception {
        assertThat(opened(small()).offer(TestEvent.heavy("huge", 4 << 20))).isEqualTo(Outbox.Offer.TOO_LARGE);
    }

    @Test
    @DisplayName("takes nothing once it is closed")
    void closed() throws Exception {
        Outbox outbox = roomy();
        lifecycle.end();
        outbox.close();
        assertThat(outbox.offer(TestEvent.now("late"))).isEqualTo(Outbox.Offer.CLOSED);
    }

    @Test
    @DisplayName("many threads offer while one takes: each event once, those of a thread in order")
    void many_threads() throws Exception {
        Outbox outbox = opened(busy());
        int threads = 8;
        int each = 3_000;
        List<Thread> writers = IntStream.range(0, threads)
                .mapToObj(t -> new Thread(() -> {
                    for (int i = 0; i < each; ) {
                        if (outbox.offer(TestEvent.now(t + ":" + i)) == Outbox.Offer.TAKEN) {
                            i++;
                        } else {
                            Thread.yield();
                        }
                    }
                }))
                .toList();
        writers.forEach(Thread::start);
        Map<String, Integer> last = new HashMap<>();
        for (int seen = 0; seen < threads * each; ) {
            Outbox.Taken batch = take(outbox, 50, ALL);
            if (batch == null) {
                Thread.onSpinWait();
                continue;
            }
            for (String name : names()) {
                String[] parts = name.split(":", -1);
                assertThat(Integer.parseInt(parts[1])).isEqualTo(last.getOrDefault(parts[0], -1) + 1);
                last.merge(parts[0], 0, (before, zero) -> before + 1);
                seen++;
            }
            batch.settle();
        }
        for (Thread writer : writers) {
            writer.join();
        }
        assertThat(outbox.size()).isZero();
    }

    private static int fill(Outbox outbox) {
        int taken = 0;
        while (outbox.offer(TestEvent.now("e" + taken)) == Outbox.Offer.TAKEN) {
            taken++;
        }
        assertThat(taken).isBetween(5, 5_000);
        return taken;
    }

    private Outbox.Taken take(Outbox outbox, int events, int bytes) {
        body.clear();
        return outbox.take(body, events, bytes);
    }

    /** In batches of seven. */
    private List<String> takeAll(Outbox outbox) {
        List<String> taken = new ArrayList<>();
        for (Outbox.Taken batch = take(outbox, 7, ALL); batch != null; batch = take(outbox, 7, ALL)) {
            assertThat(body.count()).isLessThanOrEqualTo(7);
            taken.addAll(names());
            batch.settle();
        }
        return taken;
    }

    private List<String> names() {
        body.finish(1_700_000_000_000L);
        body.reopen();
        return IntStream.range(0, body.count())
                .mapToObj(i -> String.valueOf(body.event(i).get("se_ac")))
                .toList();
    }
}
