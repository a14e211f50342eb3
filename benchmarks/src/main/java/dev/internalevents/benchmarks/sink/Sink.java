package dev.internalevents.benchmarks.sink;

import dev.internalevents.benchmarks.harness.ChildProcess;
import java.io.IOException;
import java.util.List;
import java.util.Set;

/** The benchmark's handle to a sink in a process of its own. */
public final class Sink implements AutoCloseable {

    private final ChildProcess process;
    private final int port;

    private Sink(ChildProcess process) {
        this.process = process;
        this.port = Integer.parseInt(process.read());
    }

    /** Starts a sink that only reads, counts and answers. */
    public static Sink counting() throws IOException {
        return new Sink(ChildProcess.start(SinkProcess.class, List.of("-Xmx256m"), 0, "count"));
    }

    /** Starts a sink that parses each event and stores its id and label, to find duplicates. */
    public static Sink parsing(int port) throws IOException {
        return new Sink(ChildProcess.start(SinkProcess.class, List.of("-Xmx2g"), port, "parse"));
    }

    public int port() {
        return port;
    }

    public String url() {
        return "http://127.0.0.1:" + port;
    }

    /** Returns the number of events received while the sink stored them, duplicates included. */
    public long events() {
        return process.askNumber("events");
    }

    /** Returns the number of distinct event ids. For a parsing sink. */
    public long distinct() {
        return process.askNumber("distinct");
    }

    /** Returns those of the labels for which no event has arrived. For a parsing sink. */
    public List<String> missing(Set<String> labels) {
        return labels.stream()
                .filter(label -> process.ask("has " + label).equals("no"))
                .toList();
    }

    /** Sets how the sink answers from now on. */
    public void behave(Behaviour behaviour) {
        process.ask("behave " + behaviour);
    }

    @Override
    public void close() {
        process.close();
    }
}
