package dev.internalevents.spring;

import org.jspecify.annotations.Nullable;

/**
 * Where the claim {@code gitlab_instance_uid} of the caller's verified token is found. An application that
 * authenticates its callers declares one as a bean.
 */
@FunctionalInterface
public interface UniqueInstanceId {

    /**
     * The instance of the request that the calling thread serves.
     *
     * @param authorization the request's header {@code Authorization}, or null
     * @return null when there is none
     */
    @Nullable
    String of(@Nullable String authorization);
}
