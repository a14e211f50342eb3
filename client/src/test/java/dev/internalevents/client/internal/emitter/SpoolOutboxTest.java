package dev.internalevents.client.internal.emitter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.internalevents.client.delivery.Compression;
import dev.internalevents.client.delivery.DropReason;
import dev.internalevents.protocol.JsonWriter;
import dev.internalevents.protocol.PayloadBody;
import dev.internalevents.spool.SpoolSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpoolOutboxTest extends OutboxContract {

    @TempDir
    private Path folder;

    @Override
    Outbox roomy() {
        return outbox("roomy", SpoolSettings.DEFAULTS);
    }

    @Override
    Outbox small() {
        return outbox("small", SpoolSettings.DEFAULTS.withSegmentBytes(4096).withMaxBytes(3 * 4096));
    }

    @Test
    void a_full_outbox_drops_its_oldest_events_although_some_are_in_flight() {
        Outbox outbox = small();
        int offered = fill(outbox);
        PayloadBody inFlight = new PayloadBody(0);
        Outbox.Taken taken = outbox.take(inFlight, 3, 1_000_000);

        assertThat(outbox.dropOldest()).isTrue();
        assertThat(outbox.dropOldest())
                .as("no second segment for the same room")
                .isFalse();
        await().until(() -> outbox.offer(TestEvent.now("new")) == Outbox.Offer.TAKEN);
        assertThat(taken).isNotNull();
        assertThat(taken.keep())
                .as("the folder has events in flight that made room")
                .isFalse();
        taken.settle();
        long left = outbox.size();
        outbox.close();

        List<String> names = names(small());
        assertThat(names).hasSize((int) left).endsWith("new").doesNotContain("e0", "e3");
        assertThat(accounts.dropped(DropReason.FULL) + names.size() + 3).isEqualTo(offered + 1);
    }

    @Test
    void events_that_a_full_outbox_refuses_do_not_wait_in_memory() {
        Outbox onDisk = small();
        Outbox memory = new MemoryOutbox(1_000, 1_000_000, new Wakeup(), accounts, lifecycle);
        Outbox both = new OverflowOutbox(onDisk, memory);
        fill(both);

        assertThat(both.offer(TestEvent.now("one more"))).isEqualTo(Outbox.Offer.FULL);
        assertThat(memory.size()).isZero();
        both.close();
    }

    @Test
    void events_are_counted_as_lost_once_if_a_batch_cannot_be_committed_because_the_file_was_cut() throws Exception {
        SpoolOutbox outbox = outbox("roomy", SpoolSettings.DEFAULTS);
        for (int i = 0; i < 3; i++) {
            outbox.offer(TestEvent.now("e" + i));
        }
        Outbox.Taken taken = outbox.take(new PayloadBody(0), 1, 1_000_000);
        assertThat(taken).isNotNull();
        truncate(0);
        // In a thread of its own, because the JVM may report the missing page at any later call.
        Thread settling = new Thread(taken::settle);
        settling.setUncaughtExceptionHandler((thread, e) -> assertThat(e).isInstanceOf(InternalError.class));
        settling.start();
        settling.join();

        tickUntilBroken(outbox);
        outbox.tick();
        assertThat(accounts.dropped(DropReason.UNREADABLE)).isEqualTo(2);
        closeBroken(outbox);
    }

    @Test
    void an_event_that_is_appended_while_the_file_is_found_cut_is_refused_or_counted_as_lost() throws Exception {
        SpoolOutbox outbox = outbox("roomy", SpoolSettings.DEFAULTS);
        outbox.offer(TestEvent.now("before"));

        Outbox.Offer late = outbox.offer(new WhileItIsWritten(TestEvent.now("late"), () -> {
            // The page that is written is still there.
            truncate(1 << 16);
            tickUntilBroken(outbox);
        }));

        outbox.tick();
        closeBroken(outbox);
        // The spool may have found out first, and then has not taken it.
        assertThat(accounts.dropped(DropReason.UNREADABLE)).isEqualTo(late == Outbox.Offer.TAKEN ? 2 : 1);
    }

    @Test
    void events_that_were_finished_are_not_counted_as_lost_with_a_folder_that_is_gone() throws Exception {
        SpoolOutbox outbox = outbox("roomy", SpoolSettings.DEFAULTS);
        for (int i = 0; i < 4; i++) {
            outbox.offer(TestEvent.now("e" + i));
        }
        Outbox.Taken first = outbox.take(new PayloadBody(0), 1, 1_000_000);
        Outbox.Taken second = outbox.take(new PayloadBody(0), 2, 1_000_000);
        assertThat(first).isNotNull();
        assertThat(second).isNotNull();
        // Not committed, because the first is still in flight.
        second.settle();
        replaceByFile(folder.resolve("roomy"));
        await().until(() -> {
            outbox.tick();
            return outbox.failure() != null;
        });

        outbox.close();

        assertThat(accounts.dropped(DropReason.LEFT_AT_CLOSE)).isEqualTo(2);
        assertThat(outbox.kept()).isZero();
    }

    private static void replaceByFile(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
        Files.writeString(folder, "a file");
    }

    @Test
    void events_that_a_thread_took_and_did_not_receive_are_found_and_the_next_thread_can_take() throws Exception {
        SpoolOutbox outbox = outbox("roomy", SpoolSettings.DEFAULTS);
        Batches batches = new Batches(
                new EmitterSettings.Batching(2, 2, 1_000_000, Duration.ZERO),
                lifecycle,
                new FailingOnce(outbox),
                accounts,
                new Wakeup());
        EmitterSettings.Delivery delivery = new EmitterSettings.Delivery(
                1,
                Duration.ofSeconds(1),
                Duration.ofSeconds(1),
                Compression.NONE,
                new BackOff(Duration.ofSeconds(1), Duration.ofSeconds(1)),
                GiveUp.DEFAULT);
        Suspects suspects = new Suspects(delivery, accounts, lifecycle);
        Hand hand = new Hand(batches);
        for (int i = 0; i < 4; i++) {
            outbox.offer(TestEvent.now("e" + i));
        }

        assertThatThrownBy(() -> hand.first(0)).isInstanceOf(InternalError.class);
        hand.recover(suspects);
        hand.recover(suspects);

        Part part = hand.first(0);
        assertThat(part).isNotNull();
        assertThat(SentEvents.name(part.events(), 0)).isEqualTo("e0");
        hand.prepareNext();
        hand.recover(suspects);
        hand.removeFirst().done();
        CompletableFuture<Boolean> other = CompletableFuture.supplyAsync(() -> batches.whileNobodyTakes(() -> {}, 0));
        assertThat(other.get(30, TimeUnit.SECONDS)).isTrue();
        Part next = hand.first(0);
        assertThat(next).isNotNull();
        assertThat(SentEvents.name(next.events(), 0)).isEqualTo("e2");
        hand.removeFirst().done();
        assertThat(hand.isEmpty()).isTrue();
        assertThat(outbox.unfinished()).isZero();
    }

    /** An outbox after whose first batch a page is reported to be missing, as the JVM does: late. */
    private static final class FailingOnce implements Outbox {
        private final Outbox outbox;
        private boolean hasFailed;

        private FailingOnce(Outbox outbox) {
            this.outbox = outbox;
        }

        @Override
        public @Nullable Taken take(PayloadBody body, int maxEvents, int maxBytes) {
            Taken taken = outbox.take(body, maxEvents, maxBytes);
            if (!hasFailed) {
                hasFailed = true;
                throw new InternalError("a page is missing");
            }
            return taken;
        }

        @Override
        public @Nullable Taken takenInto(PayloadBody body) {
            return outbox.takenInto(body);
        }

        @Override
        public Offer offer(OutgoingEvent event) {
            return outbox.offer(event);
        }

        @Override
        public long size() {
            return outbox.size();
        }

        @Override
        public boolean isPressing() {
            return outbox.isPressing();
        }

        @Override
        public boolean isHalfFull() {
            return outbox.isHalfFull();
        }

        @Override
        public boolean dropOldest() {
            return outbox.dropOldest();
        }

        @Override
        public void awaitRoom(long nanos) throws InterruptedException {
            outbox.awaitRoom(nanos);
        }

        @Override
        public void close() {
            outbox.close();
        }
    }

    /** Closes the outbox, and waits for the thread that does this in the background. */
    private static void closeBroken(SpoolOutbox outbox) {
        outbox.close();
        await().until(() -> Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().equals("internal-events-outbox-close")));
    }

    private static void tickUntilBroken(SpoolOutbox outbox) {
        await().until(() -> {
            outbox.tick();
            return outbox.failure() != null;
        });
    }

    private void truncate(long bytes) {
        try (var files = Files.newDirectoryStream(folder.resolve("roomy"), "*.segment")) {
            for (Path file : files) {
                try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                    channel.truncate(bytes);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** An event that runs something when it is written, before it is in the outbox. */
    private record WhileItIsWritten(OutgoingEvent event, Runnable task) implements OutgoingEvent {
        @Override
        public String name() {
            return event.name();
        }

        @Override
        public long trackedAtNanos() {
            return event.trackedAtNanos();
        }

        @Override
        public int weight() {
            return event.weight();
        }

        @Override
        public boolean isLargerThan(int bytes) {
            return event.isLargerThan(bytes);
        }

        @Override
        public void writeOpenTo(JsonWriter out, JsonWriter scratch) {
            task.run();
            event.writeOpenTo(out, scratch);
        }
    }

    /** Offers events until the outbox is full; returns how many it accepted. */
    private static int fill(Outbox outbox) {
        int accepted = 0;
        while (outbox.offer(TestEvent.now("e" + accepted)) == Outbox.Offer.TAKEN) {
            accepted++;
        }
        return accepted;
    }

    private static List<String> names(Outbox outbox) {
        List<String> names = new ArrayList<>();
        PayloadBody body = new PayloadBody(0);
        for (Outbox.Taken one = outbox.take(body, 1, 1_000_000); one != null; one = outbox.take(body, 1, 1_000_000)) {
            names.add(SentEvents.name(body, 0));
            one.settle();
            body.clear();
        }
        outbox.close();
        return names;
    }

    private SpoolOutbox outbox(String name, SpoolSettings settings) {
        return new SpoolOutbox(folder.resolve(name), settings, accounts, EventKind.INTERNAL, lifecycle);
    }
}
