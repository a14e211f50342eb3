package dev.internalevents.metrics.redis;

import dev.internalevents.metrics.MetricStoreException;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One connection to Redis, opened when it is first used. Safe for use by several threads. */
final class RedisConnection implements AutoCloseable {

    private final RedisURI uri;
    private final RedisClient client;
    private volatile @Nullable StatefulRedisConnection<String, String> connection;

    RedisConnection(RedisURI uri) {
        this.uri = uri;
        this.client = RedisClient.create(uri);
        client.setOptions(ClientOptions.builder()
                // Do not buffer commands in the connection: the queue stores what cannot be sent now.
                .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
                .socketOptions(SocketOptions.builder()
                        .connectTimeout(RedisMetricStore.TIMEOUT)
                        .build())
                .build());
    }

    /**
     * Sends commands together, and waits for all their answers. An error that concerns only the key of a command counts
     * as an answer; see {@link #refusal}.
     *
     * @throws MetricStoreException if Redis cannot be reached, does not answer in time, or answers with an error that
     *     does not concern a single key
     */
    void ask(Function<RedisAsyncCommands<String, String>, List<? extends RedisFuture<?>>> commands) {
        try {
            StatefulRedisConnection<String, String> redis = connected();
            List<? extends RedisFuture<?>> sent;
            synchronized (this) {
                redis.setAutoFlushCommands(false);
                try {
                    sent = commands.apply(redis.async());
                } finally {
                    redis.flushCommands();
                    redis.setAutoFlushCommands(true);
                }
            }
            await(sent);
            for (RedisFuture<?> answer : sent) {
                Throwable error = error(answer);
                if (error != null && !RefusedKeys.isOfKey(error.getMessage())) {
                    throw failed(error);
                }
            }
        } catch (RedisException e) {
            throw failed(e);
        }
    }

    private synchronized StatefulRedisConnection<String, String> connected() {
        StatefulRedisConnection<String, String> known = connection;
        if (known == null) {
            known = client.connect();
            connection = known;
        }
        return known;
    }

    private void await(List<? extends RedisFuture<?>> sent) {
        long deadline = System.nanoTime() + RedisMetricStore.TIMEOUT.toNanos();
        for (RedisFuture<?> answer : sent) {
            try {
                if (!answer.await(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS)) {
                    throw new MetricStoreException(
                            name() + " did not answer within " + RedisMetricStore.TIMEOUT.toSeconds() + " seconds",
                            new IOException("time out"));
                }
            } catch (InterruptedException e) {
                throw interrupted(e);
            }
        }
    }

    /** Returns why the key of a command rejected it; null if it did not. */
    static @Nullable String refusal(RedisFuture<?> answer) {
        Throwable error = error(answer);
        return error == null ? null : reason(error);
    }

    /** Returns the answer to a command that was not rejected. */
    static <T> @Nullable T answer(RedisFuture<T> answer) {
        try {
            return answer.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(reason(e), e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static @Nullable Throwable error(RedisFuture<?> answer) {
        try {
            answer.get();
            return null;
        } catch (ExecutionException e) {
            return e.getCause() == null ? e : e.getCause();
        } catch (CancellationException e) {
            return e;
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static MetricStoreException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new MetricStoreException("interrupted", e);
    }

    private MetricStoreException failed(Throwable error) {
        boolean answered = false;
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            answered |= cause instanceof RedisCommandExecutionException;
        }
        return new MetricStoreException(
                name() + (answered ? " answered with an error: " : " cannot be reached: ") + reason(error), error);
    }

    private static String reason(Throwable thrown) {
        Throwable cause = thrown;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return String.valueOf(cause.getMessage());
    }

    /** Returns the name for messages, without user and password. */
    String name() {
        return "Redis at " + uri.getHost() + ":" + uri.getPort();
    }

    @Override
    public void close() {
        client.shutdown();
    }
}
