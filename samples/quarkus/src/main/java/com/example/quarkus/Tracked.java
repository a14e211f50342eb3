package com.example.quarkus;

import dev.internalevents.client.RequestTracking;
import dev.internalevents.client.Scope;
import jakarta.annotation.Priority;
import jakarta.interceptor.AroundInvoke;
import jakarta.interceptor.Interceptor;
import jakarta.interceptor.InterceptorBinding;
import jakarta.interceptor.InvocationContext;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The methods of a resource run with the context of their request. */
@InterceptorBinding
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD})
public @interface Tracked {

    /**
     * Makes the context current around each call. The filter must not do it: it may run in another task of the event
     * loop than the method, with other requests on the same thread in between.
     */
    @Tracked
    @Interceptor
    @Priority(Interceptor.Priority.APPLICATION)
    class WithContext {

        private final CurrentRequest current;

        public WithContext(CurrentRequest current) {
            this.current = current;
        }

        @AroundInvoke
        Object call(InvocationContext call) throws Exception {
            RequestTracking tracking = current.get();
            if (tracking == null) {
                return call.proceed();
            }
            try (Scope scope = tracking.makeCurrent()) {
                return call.proceed();
            }
        }
    }
}
