package dev.internalevents.benchmarks.sink;

import dev.internalevents.benchmarks.harness.ChildProcess;
import java.io.IOException;
import java.util.List;
import java.util.Set;

/** A sink in a process of its own, as the benchmark sees it. */
public final class Sink implements AutoCloseable {

    private final ChildProcess process;
    private final int port;

    private Sink(ChildProcess process) {
        this.process = process;
        this.port = Integer.parseInt(process.read());
    }

    /** Reads, counts and answers; nothing else. */
    public static Sink counting() throws IOException {
        return new Sink(ChildProcess.start(SinkProcess.class, List.of("-Xmx256m"), 0, "count"));
    }

    /** Parses each event and keeps its id and label, so that it knows what came twice. */
    public static Sink parsing(int port) throws IOException {
        return new Sink(ChildProcess.start(SinkProcess.class, List.of("-Xmx2g"), port, "parse"));
    }

    public int port() {
        return port;
    }

    public String url() {
        return "http://127.0.0.1:" + port;
    }

    /** Events that were in requests which it answered with 200. */
    public long events() {
        return process.askNumber("events");
    }

    /** Of a parsing sink: different event ids. */
    public long distinct() {
        return process.askNumber("distinct");
    }

    /** Of a parsing sink: whether it has an event with each of these labels; answers those it has not. */
    public List<String> missing(Set<String> labels) {
        return labels.stream()
                .filter(label -> process.ask("has " + label).equals("no"))
                .toList();
    }

    /** From now on it answers in this way. */
    public void behave(Behaviour behaviour) {
        process.ask("behave " + behaviour);
    }

    @Override
    public void close() {
        process.close();
    }
}
