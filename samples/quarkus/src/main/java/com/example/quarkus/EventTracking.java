package com.example.quarkus;

import dev.internalevents.client.RequestTracking;
import java.util.Map;
import org.eclipse.microprofile.context.spi.ThreadContextProvider;
import org.eclipse.microprofile.context.spi.ThreadContextSnapshot;

/** Takes a request's context along to the threads of a {@code Uni}, a {@code Multi} or a {@code ManagedExecutor}. */
public class EventTracking implements ThreadContextProvider {

    @Override
    public ThreadContextSnapshot currentContext(Map<String, String> properties) {
        return snapshot(RequestTracking.current());
    }

    @Override
    public ThreadContextSnapshot clearedContext(Map<String, String> properties) {
        return snapshot(null);
    }

    private static ThreadContextSnapshot snapshot(RequestTracking tracking) {
        return () -> {
            RequestTracking.attach(tracking);
            return RequestTracking::detach;
        };
    }

    @Override
    public String getThreadContextType() {
        return "InternalEvents";
    }
}
