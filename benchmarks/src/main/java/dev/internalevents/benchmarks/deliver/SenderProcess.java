package dev.internalevents.benchmarks.deliver;

import com.sun.management.OperatingSystemMXBean;
import dev.internalevents.benchmarks.harness.ChildProcess;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.concurrent.Semaphore;

/** One sender in a JVM of its own. Arguments: a {@link Side}, the sink's URL and a folder. */
final class SenderProcess {

    private final Sender sender;
    private final Semaphore turns = new Semaphore(0);
    private final Semaphore ended = new Semaphore(0);
    private volatile boolean running;

    private SenderProcess(Sender sender) {
        this.sender = sender;
    }

    public static void main(String[] arguments) throws Exception {
        SenderProcess process =
                new SenderProcess(Sender.of(Side.valueOf(arguments[0]), arguments[1], Path.of(arguments[2])));
        Thread caller = new Thread(process::takeTurns, "caller");
        caller.setDaemon(true);
        caller.start();
        OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        ChildProcess.serve(question -> switch (question) {
            case "start" -> process.start();
            case "stop" -> process.stop();
            case "cpu" -> Long.toString(system.getProcessCpuTime());
            default -> null;
        });
        System.exit(0);
    }

    private String start() {
        running = true;
        turns.release();
        return "started";
    }

    private String stop() throws InterruptedException {
        running = false;
        ended.acquire();
        return "stopped";
    }

    private void takeTurns() {
        try {
            while (true) {
                turns.acquire();
                while (running) {
                    sender.send();
                }
                sender.drain();
                ended.release();
            }
        } catch (Exception e) {
            e.printStackTrace();
            System.exit(1);
        }
    }
}
