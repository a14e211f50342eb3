package dev.internalevents.benchmarks.loss;

import dev.internalevents.benchmarks.harness.ChildProcess;
import dev.internalevents.benchmarks.harness.Result;
import dev.internalevents.benchmarks.harness.TemporaryFolder;
import dev.internalevents.benchmarks.sink.Behaviour;
import dev.internalevents.benchmarks.sink.Sink;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Counts lost events: those whose {@code trackEvent} had returned before the process was killed, and those that were
 * tracked while the collector failed in every way. A sink in a process of its own reports what has arrived.
 */
public final class Loss {

    private static final int MAX_MILLIS_TO_LIVE = 160;

    private Loss() {}

    public static Result run(boolean quick) throws Exception {
        long seed = System.nanoTime();
        System.out.printf("loss: seed %d%n%n", seed);
        Random random = new Random(seed);
        Result result = new Result();
        kill(quick ? 10 : 50, random, result);
        fail(quick ? 10_000 : 60_000, quick ? 20_000 : 100_000, random, result);
        return result;
    }

    private static void kill(int rounds, Random random, Result result) throws Exception {
        System.out.printf(
                "%d rounds: %,d events from %d threads, killed at a random moment and restarted; in every other round"
                        + " the collector answers 503%n",
                rounds, KilledProcess.THREADS * KilledProcess.EVENTS_PER_THREAD, KilledProcess.THREADS);
        Set<String> returned = new HashSet<>();
        try (TemporaryFolder folder = TemporaryFolder.create();
                Sink sink = Sink.parsing(0)) {
            Path outbox = folder.path().resolve("outbox");
            for (int round = 1; round <= rounds; round++) {
                sink.behave(round % 2 == 0 ? Behaviour.UNAVAILABLE : Behaviour.ANSWER);
                Path file = folder.path().resolve("returned-" + round);
                ChildProcess service =
                        ChildProcess.start(KilledProcess.class, List.of("-Xmx256m"), sink.url(), outbox, file, round);
                expectReady(service);
                int millis = random.nextInt(MAX_MILLIS_TO_LIVE);
                TimeUnit.MILLISECONDS.sleep(millis);
                service.kill();
                int before = returned.size();
                addReturned(file, round, returned);
                System.out.printf(
                        "  round %d: killed after %d ms, %,d calls had returned, %,d events at the collector%n",
                        round, millis, returned.size() - before, sink.distinct());
            }
            sink.behave(Behaviour.ANSWER);
            try (ChildProcess last = ChildProcess.start(
                    KilledProcess.class,
                    List.of(),
                    sink.url(),
                    outbox,
                    folder.path().resolve("returned-0"),
                    0)) {
                expectReady(last);
                System.out.println("  last start: " + last.ask("flush"));
            }
            List<String> missing = sink.missing(returned);
            long distinct = sink.distinct();
            long duplicates = sink.events() - distinct;
            System.out.printf(
                    "%,d calls had returned, %,d of their events never arrived; %,d arrived more than once%n%n",
                    returned.size(), missing.size(), duplicates);
            result.put("rounds", rounds)
                    .put("returned", returned.size())
                    .put("lost", missing.size())
                    .put("duplicates", duplicates);
        }
    }

    private static void expectReady(ChildProcess service) {
        String line = service.read();
        if (!line.equals("ready")) {
            throw new IllegalStateException("expected \"ready\" from the service, got \"" + line + "\"");
        }
    }

    private static void addReturned(Path file, int round, Set<String> returned) throws IOException {
        Returned counts = Returned.open(file);
        for (int thread = 0; thread < KilledProcess.THREADS; thread++) {
            for (int i = 0; i < counts.get(thread); i++) {
                returned.add(KilledProcess.label(round, thread, i));
            }
        }
        Files.delete(file);
    }

    private static void fail(int millis, int events, Random random, Result result) throws Exception {
        System.out.printf(
                "%,d events while, for %d s, the collector answers 503, resets connections, stalls for 30 s, cuts"
                        + " answers in half, or works, in random order%n",
                events, millis / 1000);
        try (TemporaryFolder folder = TemporaryFolder.create();
                Sink sink = Sink.parsing(0);
                ChildProcess service = ChildProcess.start(
                        FaultyCollectorProcess.class,
                        List.of("-Xmx256m"),
                        sink.url(),
                        folder.path().resolve("outbox"),
                        events,
                        millis)) {
            Thread faults = new Thread(() -> misbehave(sink, millis, random), "faults");
            faults.start();
            service.ask("track");
            faults.join();
            sink.behave(Behaviour.ANSWER);
            System.out.println("  the collector works again; " + service.ask("flush"));
            long distinct = sink.distinct();
            long leaked = service.askNumber("close");
            System.out.printf(
                    "%,d of %,d events arrived, %,d more than once; %d of the client's threads are alive after close%n",
                    distinct, events, sink.events() - distinct, leaked);
            result.put("faults_lost", events - distinct).put("threads_leaked", leaked);
        }
    }

    private static void misbehave(Sink sink, int millis, Random random) {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        try {
            // Use each behaviour once, then all of them again in another random order.
            Deque<Behaviour> turns = new ArrayDeque<>();
            for (long left = millis; left > 0; left = (end - System.nanoTime()) / 1_000_000) {
                if (turns.isEmpty()) {
                    List<Behaviour> shuffled = new ArrayList<>(List.of(Behaviour.values()));
                    Collections.shuffle(shuffled, random);
                    turns.addAll(shuffled);
                }
                Behaviour next = turns.remove();
                sink.behave(next);
                long lasts = Math.min(left, 200 + random.nextInt(3_000));
                System.out.printf("  %s for %d ms%n", next, lasts);
                TimeUnit.MILLISECONDS.sleep(lasts);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
