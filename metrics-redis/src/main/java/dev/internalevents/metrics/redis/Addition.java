package dev.internalevents.metrics.redis;

import io.lettuce.core.RedisFuture;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A command that was sent to add to counters; if a key rejects it, the answer contains the key or is an error. */
sealed interface Addition {

    RedisFuture<?> answer();

    /** Logs the keys that rejected it. Must be called once the answer is there; may block. */
    void logRefused(RefusedKeys refused);

    /** Adds to one key, or sets its expiry. */
    record OfUniques(String key, RedisFuture<?> answer) implements Addition {

        @Override
        public void logRefused(RefusedKeys refused) {
            String reason = RedisConnection.refusal(answer);
            if (reason != null) {
                refused.log(key, reason, KeyContent.HYPER_LOG_LOG);
            }
        }
    }

    /**
     * Runs a script.
     *
     * @param positionKey the key of the batch's position; null if the script has none
     * @param expected what the keys of the counters must contain
     */
    record ByScript(@Nullable String positionKey, KeyContent expected, RedisFuture<List<String>> answer)
            implements Addition {

        @Override
        public void logRefused(RefusedKeys refused) {
            List<String> keys = RedisConnection.answer(answer);
            for (int i = 0; keys != null && i < keys.size(); i += 2) {
                String key = keys.get(i);
                if (key.equals(positionKey)) {
                    refused.logPosition(key, keys.get(i + 1));
                } else {
                    refused.log(key, keys.get(i + 1), expected);
                }
            }
        }
    }
}
