package dev.internalevents.benchmarks.loss;

import dev.internalevents.benchmarks.Result;

public final class Loss {
    private Loss() {}

    public static Result run(boolean quick) {
        return new Result();
    }
}
