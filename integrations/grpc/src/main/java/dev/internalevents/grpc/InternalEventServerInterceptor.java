package dev.internalevents.grpc;

import dev.internalevents.client.EventContext;
import dev.internalevents.client.EventContextFactory;
import dev.internalevents.client.MissingFields;
import dev.internalevents.client.RequestTracking;
import dev.internalevents.client.Scope;
import dev.internalevents.client.VerifiedClaims;
import dev.internalevents.client.internal.middleware.ClaimsReader;
import dev.internalevents.client.settings.InternalEventSettings;
import dev.internalevents.protocol.ForeignCode;
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
 * Gives each call of a gRPC server its {@link EventContext}, built from the {@code x-gitlab-…} keys of its metadata,
 * and makes it current in every callback of the call: when the call starts and in {@code onMessage},
 * {@code onHalfClose}, {@code onCancel}, {@code onComplete} and {@code onReady}. A scope that the application opened in
 * one of them and did not close ends with it. For work on threads of the application, use
 * {@link RequestTracking#wrap(Runnable)}.
 *
 * <p>The key {@code x-gitlab-language-server-version} becomes {@code lsp_version} in the {@code extra} of the call's
 * events. The correlation id is sent back as {@code x-request-id}, unless the application sends one itself. It is also
 * sent if the method throws, unless an interceptor in front of this one may answer the exception itself. Malformed
 * metadata never fails a call. Safe for use by several threads.
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

    /**
     * Returns a builder that takes two values from the client's settings: the environment, and whether missing fields
     * are logged.
     */
    public static Builder builder(InternalEventSettings settings) {
        return builder().environment(settings.environment()).reportMissingFields(settings.reportMissingFields());
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata metadata, ServerCallHandler<Q, A> next) {
        if (!enabled || skippedMethods.contains(call.getMethodDescriptor().getFullMethodName())) {
            return next.startCall(call, metadata);
        }
        VerifiedClaims verified = ClaimsReader.read(() -> claims.apply(metadata), "call", LOG);
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

    private void end(ServerCall<?, ?> call, RequestTracking tracking) {
        if (missingFields != null) {
            missingFields.check(tracking.context(), call.getMethodDescriptor().getFullMethodName());
        }
        try {
            atTheEnd.accept(call, tracking);
        } catch (Throwable e) {
            ForeignCode.caught(e);
            LOG.warn("the atTheEnd callback of a call failed", e);
        }
    }

    /** Settings of an interceptor. Not safe for use by several threads. */
    public static final class Builder {

        private boolean enabled = true;
        private String environment = EventContext.DEFAULT_ENVIRONMENT;
        private @Nullable String source;
        private Set<String> skippedMethods = Set.of();
        private Function<Metadata, @Nullable VerifiedClaims> claims = metadata -> null;
        private boolean reportMissingFields;
        private BiConsumer<ServerCall<?, ?>, RequestTracking> atTheEnd = (call, tracking) -> {};

        private Builder() {}

        /** Whether calls are tracked; if false, every call passes straight through. Default: true. */
        public Builder enabled(boolean enabled) {
            this.enabled = enabled;
            return this;
        }

        /** The environment, for example {@code production}; default: {@value EventContext#DEFAULT_ENVIRONMENT}. */
        public Builder environment(String environment) {
            this.environment = environment;
            return this;
        }

        /** The name of the application, for example {@code duo-workflow-service}; default: not sent. */
        public Builder source(@Nullable String source) {
            this.source = source;
            return this;
        }

        /**
         * Excludes methods by their full names, such as {@code grpc.health.v1.Health/Check}; their calls get no
         * context. Names match exactly.
         *
         * @throws IllegalArgumentException if a name has no slash between service and method
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
         * Sets the function that returns the claims of a call's verified token; default: none. Claims take precedence
         * over metadata. It is called once for each call, when the call starts, in the {@link io.grpc.Context} of the
         * interceptors in front of this one. An interceptor behind this one calls {@link RequestTracking#verified}
         * instead. If the function throws, the call has no claims, and a warning is logged.
         */
        public Builder claims(Function<Metadata, @Nullable VerifiedClaims> claims) {
            this.claims = claims;
            return this;
        }

        /** Whether to log the fields that a call's context lacks, see {@link MissingFields}; default: false. */
        public Builder reportMissingFields(boolean reportMissingFields) {
            this.reportMissingFields = reportMissingFields;
            return this;
        }

        /**
         * Sets a callback that runs once at the end of each call, completed or cancelled, for example to write an
         * access log line with {@link RequestTracking#trackedEventNames()}. Exceptions it throws are logged.
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
