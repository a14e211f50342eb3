package dev.internalevents.store.ids;

import dev.internalevents.pipeline.EventKey;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;

/**
 * Fills an index with many ids, reopens it, and looks up known and unknown ids; reports the memory and time of each
 * step. Run by {@link IdIndexScaleTest} in a separate process, or by hand.
 */
final class IdIndexScale {

    private static final int BATCH = 30_720;
    private static final int CHUNK = 300;
    private static final double MAX_START_SECONDS = 10;
    private static final long MAX_HEAP_BYTES = 96L << 20;
    private static final long MAX_RESIDENT_BYTES = 512L << 20;
    private static final long WAIT_NANOS = 600_000_000_000L;

    private final Path folder;
    private final IdIndex.Settings settings;
    private final long heapBefore = heap();

    private IdIndexScale(Path folder, IdIndex.Settings settings) {
        this.folder = folder;
        this.settings = settings;
    }

    /** Arguments: folder, number of ids, number of decisions, entries of the table, bytes of filters. */
    public static void main(String[] args) throws Exception {
        long ids = Long.parseLong(args[1]);
        IdIndexScale scale = new IdIndexScale(
                Path.of(args[0]), new IdIndex.Settings(Integer.parseInt(args[3]), Long.parseLong(args[4])));
        scale.fill(ids);
        scale.decide(ids, Long.parseLong(args[2]));
    }

    private void fill(long ids) throws Exception {
        IdIndex index = IdIndex.open(folder, settings);
        long step = 1_000_000;
        long cpu = cpuNanos();
        long since = 0;
        for (long n = 1; n <= ids; n++) {
            if (n % BATCH == 1) {
                index.makeRoom();
            }
            index.add(key(n), n, Instant.ofEpochMilli(n));
            if (n == step || n == ids) {
                print("add at %,d: %.3f us of CPU each", n, (cpuNanos() - cpu) / 1000.0 / (n - since));
                index.awaitIdle(WAIT_NANOS);
                print("  %s", index.sizes());
                lookUpNew(index, n);
                memory();
                step *= 10;
                since = n;
                cpu = cpuNanos();
            }
        }
        long start = System.nanoTime();
        index.close();
        print("close: %.3f s", seconds(start));
    }

    /** Looks up ids that were never added, in batches of the size in which requests are processed. */
    private static void lookUpNew(IdIndex index, long known) {
        for (int round = 0; round < 3; round++) {
            long cpu = 0;
            long wall = 0;
            long candidates = 0;
            int looked = 300_000;
            for (int i = 0; i < looked; i += CHUNK) {
                List<EventKey> keys = new ArrayList<>(CHUNK);
                for (int k = 0; k < CHUNK; k++) {
                    keys.add(key(known + (1L << 36) + (long) round * looked + i + k));
                }
                long cpuStart = cpuNanos();
                long start = System.nanoTime();
                Candidates found = index.find(keys, false);
                wall += System.nanoTime() - start;
                cpu += cpuNanos() - cpuStart;
                candidates += found.isEmpty() ? 0 : 1;
            }
            print(
                    "  look at a new id: %.3f us of CPU, %.3f us; %d of %d batches had candidates",
                    cpu / 1000.0 / looked, wall / 1000.0 / looked, candidates, looked / CHUNK);
        }
    }

    private void decide(long ids, long decisions) throws Exception {
        long start = System.nanoTime();
        IdIndex index = IdIndex.open(folder, settings);
        index.find(List.of(key(1), key(ids + 1)), false);
        print("opened and asked once: %.3f s", seconds(start));
        expect(seconds(start) <= MAX_START_SECONDS, "the start took longer than " + MAX_START_SECONDS + " s");
        index.awaitIdle(WAIT_NANOS);
        print("everything loaded: %.3f s; %s", seconds(start), index.sizes());
        memory();
        long half = decisions / 2;
        long wrong = 0;
        long cpu = cpuNanos();
        start = System.nanoTime();
        for (long i = 0; i < half; i += CHUNK) {
            List<EventKey> keys = new ArrayList<>(2 * CHUNK);
            for (long k = i; k < Math.min(half, i + CHUNK); k++) {
                EventKey known = key(1 + (long) ((double) k / half * ids));
                // Every fourth is a different event with a known id.
                keys.add(k % 4 == 0 ? new EventKey(known.id(), ~known.high(), known.low()) : known);
                keys.add(key(ids + 1 + k));
            }
            Candidates found = index.find(keys, false);
            boolean[] isKnown = new boolean[keys.size()];
            // Compare the ids, as the store would.
            found.forEach((query, number) ->
                    isKnown[query] |= key(number).id().equals(keys.get(query).id()));
            for (int k = 0; k < isKnown.length; k++) {
                wrong += isKnown[k] == (k % 2 == 0) ? 0 : 1;
            }
        }
        print(
                "%,d decisions: %d wrong; %.3f us of CPU, %.3f us each",
                2 * half, wrong, (cpuNanos() - cpu) / 1000.0 / (2 * half), seconds(start) * 1e6 / (2 * half));
        memory();
        index.close();
        expect(wrong == 0, wrong + " decisions were wrong");
    }

    private static void expect(boolean isAsExpected, String otherwise) {
        if (!isAsExpected) {
            throw new IllegalStateException(otherwise);
        }
    }

    /** Returns a different id for each number, as random as a client's. */
    static EventKey key(long n) {
        UUID id = new UUID((mixed(2 * n) & ~0xf000L) | 0x4000, (mixed(2 * n + 1) >>> 2) | (1L << 63));
        return new EventKey(id, mixed(~n), n);
    }

    private static long mixed(long n) {
        long mixed = n * 0x9e3779b97f4a7c15L;
        mixed = (mixed ^ (mixed >>> 30)) * 0xbf58476d1ce4e5b9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
        return mixed ^ (mixed >>> 31);
    }

    private void memory() throws IOException {
        long heap = heap() - heapBefore;
        long resident = Files.exists(Path.of("/proc/self/status"))
                ? Files.readAllLines(Path.of("/proc/self/status")).stream()
                        .filter(line -> line.startsWith("VmRSS"))
                        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                        .findFirst()
                        .orElse(0)
                : 0;
        print(
                "  heap of the index: %d MB; resident: %d MB, of which up to %d MB are the heap",
                heap >> 20, resident >> 10, Runtime.getRuntime().totalMemory() >> 20);
        expect(heap <= MAX_HEAP_BYTES, "the index takes more than 96 MB of the heap");
        expect(
                resident - (Runtime.getRuntime().totalMemory() >> 10) <= MAX_RESIDENT_BYTES >> 10,
                "the process takes more than 512 MB beside the heap");
    }

    private static long heap() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }

    private static double seconds(long start) {
        return (System.nanoTime() - start) / 1e9;
    }

    private static long cpuNanos() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    private static void print(String format, Object... values) {
        System.out.printf(Locale.ROOT, format + "%n", values);
    }
}
