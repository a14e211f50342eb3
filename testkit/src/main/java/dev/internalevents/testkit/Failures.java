package dev.internalevents.testkit;

import java.io.IOException;
import java.util.List;
import java.util.ServiceConfigurationError;

/** What an application's code can throw, for tests of the code that calls it. */
public final class Failures {

    private Failures() {}

    /** Returns exceptions and errors that must not harm the caller, one of them checked; new ones in each call. */
    public static List<Throwable> harmless() {
        return List.of(
                new IllegalStateException("x"),
                new NoSuchMethodError("x"),
                new StackOverflowError(),
                new ServiceConfigurationError("x"),
                new InternalError("x"),
                new Error("x"),
                new OutOfMemoryError("Requested array size exceeds VM limit"),
                new IOException("x"));
    }

    /** Throws a failure without declaring it, as code of other languages and of some libraries does. */
    public static void raise(Throwable failure) {
        Failures.<RuntimeException>undeclared(failure);
    }

    @SuppressWarnings("unchecked")
    private static <E extends Throwable> void undeclared(Throwable failure) throws E {
        throw (E) failure;
    }
}
