package dev.internalevents.benchmarks.track;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.runner.IterationType;

/**
 * Measures the cost of a call for the calling thread, in bursts that fit into the queue, which is empty at the start of
 * each burst. In addition to JMH's own time, each measured burst writes a line to a file: nanoseconds from the first
 * thread's start to the last one's end, bytes allocated per event according to the calling threads' own counters, and
 * events rejected so far.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class TrackBenchmark {

    /** The system property with the path of the file of figures. */
    static final String FIGURES = "track.figures";

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @Param({"ours", "snowplow", "opentelemetry"})
    public String side = "";

    private final LongAdder allocated = new LongAdder();
    private final LongAccumulator firstStart = new LongAccumulator(Math::min, Long.MAX_VALUE);
    private final LongAccumulator lastEnd = new LongAccumulator(Math::max, Long.MIN_VALUE);
    private final AtomicLong tracked = new AtomicLong();
    private TrackedSide target = new NoSide();

    @Setup(Level.Trial)
    public void start() throws Exception {
        target = TrackedSide.of(side);
    }

    @Setup(Level.Iteration)
    public void reset() {
        allocated.reset();
        firstStart.reset();
        lastEnd.reset();
    }

    @Benchmark
    @OperationsPerInvocation(TrackedSide.BURST)
    public void burst() {
        TrackedSide to = target;
        long bytes = THREADS.getCurrentThreadAllocatedBytes();
        firstStart.accumulate(System.nanoTime());
        for (int i = 0; i < TrackedSide.BURST; i++) {
            to.track();
        }
        lastEnd.accumulate(System.nanoTime());
        allocated.add(THREADS.getCurrentThreadAllocatedBytes() - bytes);
    }

    @TearDown(Level.Iteration)
    public void drain(BenchmarkParams benchmark, IterationParams iteration) throws Exception {
        long events = (long) TrackedSide.BURST * benchmark.getThreads();
        long refused = target.drain(tracked.addAndGet(events));
        if (iteration.getType() == IterationType.MEASUREMENT) {
            Files.writeString(
                    Path.of(System.getProperty(FIGURES)),
                    lastEnd.get() - firstStart.get() + " " + allocated.sum() / events + " " + refused + "\n",
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        }
    }

    @TearDown(Level.Trial)
    public void stop() {
        target.close();
    }

    /** Placeholder until the start. */
    private static final class NoSide implements TrackedSide {
        @Override
        public void track() {}

        @Override
        public long drain(long tracked) {
            return 0;
        }

        @Override
        public void close() {}
    }
}
