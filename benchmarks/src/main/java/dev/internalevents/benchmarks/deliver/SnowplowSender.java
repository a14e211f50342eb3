package dev.internalevents.benchmarks.deliver;

import com.snowplowanalytics.snowplow.tracker.DevicePlatform;
import com.snowplowanalytics.snowplow.tracker.Tracker;
import com.snowplowanalytics.snowplow.tracker.configuration.EmitterConfiguration;
import com.snowplowanalytics.snowplow.tracker.configuration.NetworkConfiguration;
import com.snowplowanalytics.snowplow.tracker.configuration.TrackerConfiguration;
import com.snowplowanalytics.snowplow.tracker.emitter.BatchEmitter;
import com.snowplowanalytics.snowplow.tracker.emitter.InMemoryEventStore;
import com.snowplowanalytics.snowplow.tracker.http.OkHttpClientAdapter;
import dev.internalevents.benchmarks.harness.ReferenceEvent;
import java.util.concurrent.locks.LockSupport;
import okhttp3.OkHttpClient;

/**
 * The Snowplow Java tracker at its best: TCP_NODELAY, a store that never rejects events, and a caller that waits for
 * it.
 */
final class SnowplowSender implements Sender {

    private static final int WAITING = 20_000;

    private final int batchSize;
    private final InMemoryEventStore store = new InMemoryEventStore(10 * WAITING);
    private final Tracker tracker;

    SnowplowSender(String url, int batchSize) {
        this.batchSize = batchSize;
        OkHttpClient http =
                new OkHttpClient.Builder().socketFactory(new NoDelaySockets()).build();
        this.tracker = new Tracker(
                new TrackerConfiguration("gl", "gitlab_ai_gateway").platform(DevicePlatform.ServerSideApp),
                new BatchEmitter(
                        new NetworkConfiguration(new OkHttpClientAdapter(url, http)),
                        new EmitterConfiguration()
                                .batchSize(batchSize)
                                .threadCount(1)
                                .eventStore(store)));
    }

    @Override
    public void send() {
        if (store.size() >= WAITING) {
            LockSupport.parkNanos(50_000);
            return;
        }
        for (int i = 0; i < batchSize; i++) {
            tracker.track(ReferenceEvent.snowplow());
        }
    }

    @Override
    public void drain() {
        while (store.size() > 0) {
            LockSupport.parkNanos(1_000_000);
        }
    }
}
