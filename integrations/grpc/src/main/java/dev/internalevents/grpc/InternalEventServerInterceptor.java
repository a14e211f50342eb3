package dev.internalevents.grpc;

import dev.internalevents.client.EventContext;
import dev.internalevents.client.EventContextFactory;
import dev.internalevents.client.MissingFields;
import dev.internalevents.client.RequestTracking;
import dev.internalevents.client.Scope;
import dev.internalevents.client.VerifiedClaims;
import dev.internalevents.client.settings.InternalEventSettings;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.util.Collection;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives each call of a gRPC server its {@link EventContext}, built from the {@code x-gitlab-…} keys of its metadata, and
 * makes it current in everything that gRPC calls for it: when the call starts and in {@code onMessage}, {@code
 * onHalfClose}, {@code onCancel}, {@code onComplete} and {@code onReady}. A scope that the application opened in one of
 * them and did not close ends with it. Work that the application hands to a thread of its own takes the context along with
 * {@link RequestTracking#wrap(Runnable)}.
 *
 * <p>The key {@code x-gitlab-language-server-version} becomes {@code lsp_version} in the {@code extra} of the call's
 * events. The correlation id is sent back as {@code x-request-id}, unless the application sends one itself; also
 * if the method throws, except to an interceptor in front of this one, which may have an answer of its own. No metadata,
 * however odd, ever fails a call. Safe for use by several threads.
 */
public final class InternalEventServerInterceptor implements ServerInterceptor {

    private static final Logger LOG = LoggerFactory.getLogger(InternalEventServerInterceptor.class);

    private final boolean enabled;
    private final Set<String> skippedMethods;
    private final CallContexts contexts;
    private final Function<Metadata, @Nullable VerifiedClaims> claims;
    private final @Nullable MissingFields missingFields;
    private final BiConsumer<ServerCall<?, ?>, RequestTracking> atTheEnd;

    private InternalEventServerInterceptor(Builder builder) {
        this.enabled = builder.enabled;
        this.skippedMethods = builder.skippedMethods;
        this.contexts = new CallContexts(new EventContextFactory(builder.environment, builder.source));
        this.claims = builder.claims;
        this.missingFields = builder.reportMissingFields ? new MissingFields() : null;
        this.atTheEnd = builder.atTheEnd;
    }

    public static Builder builder() {
        return new Builder();
    }

    /** A builder that begins with what the client's settings say: the environment, and whether missing fields are logged. */
    public static Builder builder(InternalEventSettings settings) {
        return builder().environment(settings.environment()).reportMissingFields(settings.reportMissingFields());
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata metadata, ServerCallHandler<Q, A> next) {
        if (!enabled || skippedMethods.contains(call.getMethodDescriptor().getFullMethodName())) {
            return next.startCall(call, metadata);
        }
        VerifiedClaims verified = claims(metadata);
        RequestTracking tracking = new RequestTracking(contexts.of(metadata, verified), verified);
        IdentifiedCall<Q, A> identified = new IdentifiedCall<>(call, tracking);
        try (Scope scope = tracking.makeCurrent()) {
            ServerCall.Listener<Q> listener = next.startCall(identified, metadata);
            return new TrackedCallListener<>(listener, tracking, identified, () -> end(call, tracking));
        } catch (Throwable e) {
            identified.failed(Status.fromThrowable(e));
            throw e;
        }
    }

    private @Nullable VerifiedClaims claims(Metadata metadata) {
        try {
            return claims.apply(metadata);
        } catch (RuntimeException | LinkageError | AssertionError | StackOverflowError e) {
            LOG.warn("the verified claims of a call could not be read and are left out", e);
            return null;
        }
    }

    private void end(ServerCall<?, ?> call, RequestTracking tracking) {
        if (missingFields != null) {
            missingFields.check(tracking.context(), call.getMethodDescriptor().getFullMethodName());
        }
        try {
            atTheEnd.accept(call, tracking);
        } catch (RuntimeException | LinkageError | AssertionError | StackOverflowError e) {
            LOG.warn("what is to be done at the end of a call failed", e);
        }
    }

    /** The settings of an interceptor. Not safe for use by several threads. */
    public static final class Builder {

        private boolean enabled = true;
        private String environment = EventContext.DEFAULT_ENVIRONMENT;
        private @Nullable String source;
        private Set<String> skippedMethods = Set.of();
        private Function<Metadata, @Nullable VerifiedClaims> claims = metadata -> null;
        private boolean reportMissingFields;
        private BiConsumer<ServerCall<?, ?>, RequestTracking> atTheEnd = (call, tracking) -> {};

        private Builder() {}

        /** False passes every call straight through; default: true. */
        public Builder enabled(boolean enabled) {
            this.enabled = enabled;
            return this;
        }

        /** For example {@code production}; default: {@value EventContext#DEFAULT_ENVIRONMENT}. */
        public Builder environment(String environment) {
            this.environment = environment;
            return this;
        }

        /** The application, for example {@code duo-workflow-service}; by default it is not sent. */
        public Builder source(@Nullable String source) {
            this.source = source;
            return this;
        }

        /**
         * Methods whose calls get no context, by their full names, such as {@code grpc.health.v1.Health/Check}; they match
         * exactly.
         *
         * @throws IllegalArgumentException if one has no slash between service and method
         */
        public Builder skipMethods(Collection<String> fullNames) {
            for (String name : fullNames) {
                if (name.indexOf('/') <= 0) {
                    throw new IllegalArgumentException("skipMethods: \"" + name
                            + "\" is not the full name of a method; expected for example grpc.health.v1.Health/Check");
                }
            }
            this.skippedMethods = Set.copyOf(fullNames);
            return this;
        }

        /**
         * Where the claims of a call's verified token are found; they go before metadata. By default no call has any. Called
         * once a call, when it starts, in the {@link io.grpc.Context} of the interceptors in front of this one. An
         * interceptor behind this one calls {@link RequestTracking#verified} instead. If the function throws, the call has
         * no claims, and a warning is logged.
         */
        public Builder claims(Function<Metadata, @Nullable VerifiedClaims> claims) {
            this.claims = claims;
            return this;
        }

        /** Whether the fields that a call's context lacks are logged, see {@link MissingFields}; default: false. */
        public Builder reportMissingFields(boolean reportMissingFields) {
            this.reportMissingFields = reportMissingFields;
            return this;
        }

        /**
         * Called once at the end of each call, complete or cancelled, for example to write a line of an access log with
         * {@link RequestTracking#trackedEventNames()}. What it throws is logged.
         */
        public Builder atTheEnd(BiConsumer<ServerCall<?, ?>, RequestTracking> atTheEnd) {
            this.atTheEnd = atTheEnd;
            return this;
        }

        public InternalEventServerInterceptor build() {
            return new InternalEventServerInterceptor(this);
        }
    }
}
