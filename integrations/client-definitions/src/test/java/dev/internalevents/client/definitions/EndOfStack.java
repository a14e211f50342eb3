package dev.internalevents.client.definitions;

/** Calls code where the thread's stack is nearly exhausted. */
final class EndOfStack {

    private EndOfStack() {}

    /** Calls the task at every stack depth, starting with the deepest that has room for it. */
    static void approach(Runnable task) {
        try {
            approach(task);
        } catch (StackOverflowError e) {
            // One frame up there is more room.
        }
        task.run();
    }
}
