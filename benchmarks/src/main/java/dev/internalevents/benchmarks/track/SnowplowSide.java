package dev.internalevents.benchmarks.track;

import com.snowplowanalytics.snowplow.tracker.DevicePlatform;
import com.snowplowanalytics.snowplow.tracker.Tracker;
import com.snowplowanalytics.snowplow.tracker.configuration.EmitterConfiguration;
import com.snowplowanalytics.snowplow.tracker.configuration.NetworkConfiguration;
import com.snowplowanalytics.snowplow.tracker.configuration.TrackerConfiguration;
import com.snowplowanalytics.snowplow.tracker.emitter.BatchEmitter;
import com.snowplowanalytics.snowplow.tracker.emitter.InMemoryEventStore;
import com.snowplowanalytics.snowplow.tracker.http.HttpClientAdapter;
import com.snowplowanalytics.snowplow.tracker.payload.SelfDescribingJson;
import com.snowplowanalytics.snowplow.tracker.payload.TrackerPayload;
import dev.internalevents.benchmarks.harness.ReferenceEvent;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/** The Snowplow Java tracker at its best: with an HTTP adapter that only counts requests, which takes no time. */
final class SnowplowSide implements TrackedSide {

    private final LongAdder requests = new LongAdder();
    private final InMemoryEventStore store = new InMemoryEventStore(QUEUE_CAPACITY);
    private final BatchEmitter emitter = new BatchEmitter(
            new NetworkConfiguration(new CountingAdapter()),
            new EmitterConfiguration().batchSize(BATCH).threadCount(1).eventStore(store));
    private final Tracker tracker = new Tracker(
            new TrackerConfiguration("gl", "gitlab_ai_gateway").platform(DevicePlatform.ServerSideApp), emitter);

    @Override
    public void track() {
        tracker.track(ReferenceEvent.snowplow());
    }

    /** Counts the events that were never sent, because the tracker rejected them. */
    @Override
    public long drain(long tracked) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
        while (requests.sum() * BATCH < tracked && System.nanoTime() - deadline < 0) {
            LockSupport.parkNanos(20_000);
        }
        return tracked - requests.sum() * BATCH;
    }

    @Override
    public void close() {
        tracker.close();
    }

    private final class CountingAdapter implements HttpClientAdapter {
        @Override
        public int post(SelfDescribingJson payload) {
            requests.increment();
            return 200;
        }

        @Override
        public int get(TrackerPayload payload) {
            throw new UnsupportedOperationException("the tracker sends with POST");
        }

        @Override
        public String getUrl() {
            return "http://127.0.0.1";
        }

        @Override
        public Object getHttpClient() {
            return this;
        }
    }
}
