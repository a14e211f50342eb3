package dev.internalevents.collector.intake;

import dev.internalevents.collector.processing.IntakeLoad;
import io.vertx.core.Context;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The queue of answers that an event loop has to send. One write to the disk covers the requests of many connections,
 * and the queue wakes their event loop once for all of them.
 */
final class AnswerQueue {

    private final Context context;
    private final IntakeLoad load;
    private final Thread thread = Thread.currentThread();
    private final Queue<Runnable> answers = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean woken = new AtomicBoolean();

    private AnswerQueue(Context context, IntakeLoad load) {
        this.context = context;
        this.load = load;
    }

    /** Returns the queue of a context. Call only on the context's thread. */
    static AnswerQueue of(Context context, IntakeLoad load) {
        AnswerQueue known = context.get(AnswerQueue.class);
        if (known != null) {
            return known;
        }
        AnswerQueue made = new AnswerQueue(context, load);
        context.put(AnswerQueue.class, made);
        return made;
    }

    /** Runs an answer on the context's thread; at once if the caller is on it. */
    void add(Runnable answer) {
        if (Thread.currentThread() == thread) {
            load.end();
            answer.run();
            return;
        }
        answers.add(answer);
        if (woken.compareAndSet(false, true)) {
            context.runOnContext(now -> giveAll());
        }
    }

    private void giveAll() {
        woken.set(false);
        for (Runnable answer = answers.poll(); answer != null; answer = answers.poll()) {
            load.end();
            answer.run();
        }
    }
}
