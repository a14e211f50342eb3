package dev.internalevents.collector.processing;

import dev.internalevents.store.EventSource;
import dev.internalevents.store.Progress;
import dev.internalevents.store.RawRequests;
import dev.internalevents.store.WaitingRequest;
import dev.internalevents.pipeline.CollectorPayload;
import dev.internalevents.pipeline.FailedEvent;
import dev.internalevents.pipeline.PayloadFrame;
import dev.internalevents.pipeline.ProcessedEvent;
import dev.internalevents.pipeline.WaitingEvent;
import dev.internalevents.protocol.MalformedPayloadException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The events of one request that was aside, as a transaction of their own. For the processing thread. */
final class WaitingSource implements EventSource {

    private static final Logger LOG = LoggerFactory.getLogger(WaitingSource.class);

    private final Keeping keeping;
    private final Aside aside;
    private final List<Entry> entries = new ArrayList<>();
    private int at;
    private final boolean changes;

    /**
     * Processes the request again; what still waits is left where it is.
     *
     * @param refusal why the store does not take what becomes of it, which then fails; null at the first try
     */
    WaitingSource(
            WaitingRequest request,
            Steps steps,
            RawRequests requests,
            Keeping keeping,
            Aside aside,
            @Nullable String refusal) {
        this.keeping = keeping;
        this.aside = aside;
        keeping.begin();
        aside.begin();
        byte[] frame = requests.open(request.frame());
        CollectorPayload payload = payload(request.origin(), frame);
        List<Integer> left = new ArrayList<>();
        Aside.LookUps lookUps = new Aside.LookUps();
        List<Steps.Prepared> ready = new ArrayList<>();
        Set<Integer> wanted = new HashSet<>(request.events());
        boolean late = aside.isLate(request, Instant.now());
        List<Steps.Prepared> again = payload == null ? List.of() : steps.runAgain(payload, request.origin(), wanted);
        for (Steps.Prepared prepared : again) {
            if (prepared.outcome() instanceof ProcessedEvent event) {
                ready.add(refusal == null ? prepared : steps.prepare(FailedEvent.notStoredAtAll(event, refusal)));
                continue;
            }
            WaitingEvent waiting = (WaitingEvent) prepared.outcome();
            if (late) {
                ready.add(steps.prepare(aside.tooLong(waiting)));
            } else {
                left.add(waiting.index());
                lookUps.add(waiting.lookUp());
            }
        }
        this.changes = left.size() < request.events().size();
        if (!changes && !left.isEmpty()) {
            aside.tried(request.origin(), lookUps);
            return;
        }
        aside.settle(request, left, lookUps);
        keeping.prepare(ready.stream()
                .map(prepared -> (ProcessedEvent) prepared.outcome())
                .toList());
        decide(ready, request, frame);
    }

    /** Null for a request that cannot be read any more, which is left out. */
    private static @Nullable CollectorPayload payload(String origin, byte @Nullable [] frame) {
        try {
            if (frame != null) {
                return PayloadFrame.decode(frame);
            }
            LOG.error("the request {} that was aside is left out: it was sealed with another key", origin);
        } catch (MalformedPayloadException e) {
            LOG.error("the request {} that was aside is left out: {}", origin, e.getMessage());
        }
        return null;
    }

    private void decide(List<Steps.Prepared> ready, WaitingRequest request, byte @Nullable [] frame) {
        for (Steps.Prepared prepared : ready) {
            Entry entry = frame == null
                    ? null
                    : keeping.decide((ProcessedEvent) prepared.outcome(), prepared.content(), request.origin(), frame);
            if (entry != null) {
                entries.add(entry);
                keeping.keep(entry);
            }
        }
    }

    /** Leaves out what becomes of the request; for one that the store refuses in every form. */
    void leaveOut() {
        entries.clear();
        keeping.begin();
    }

    /** Whether there is anything to store. */
    boolean changes() {
        return changes;
    }

    /** The transaction is in the store. */
    void committed() {
        keeping.committed();
        aside.committed();
    }

    @Override
    public @Nullable Entry peek() {
        return at < entries.size() ? entries.get(at) : null;
    }

    @Override
    public void advance() {
        at++;
    }

    @Override
    public boolean rewind() {
        at = 0;
        return true;
    }

    @Override
    public @Nullable Progress progress() {
        return null;
    }

    @Override
    public List<WaitingRequest> aside() {
        return aside.added();
    }

    @Override
    public List<String> settled() {
        return aside.settled();
    }
}
