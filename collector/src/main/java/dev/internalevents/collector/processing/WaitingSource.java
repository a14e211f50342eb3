package dev.internalevents.collector.processing;

import dev.internalevents.pipeline.CollectorPayload;
import dev.internalevents.pipeline.FailedEvent;
import dev.internalevents.pipeline.PayloadFrame;
import dev.internalevents.pipeline.ProcessedEvent;
import dev.internalevents.pipeline.WaitingEvent;
import dev.internalevents.protocol.MalformedPayloadException;
import dev.internalevents.store.EventSource;
import dev.internalevents.store.Progress;
import dev.internalevents.store.RawRequests;
import dev.internalevents.store.WaitingRequest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Supplies the events of one waiting request as a separate transaction. Used by the processing thread. */
final class WaitingSource implements EventSource {

    private static final Logger LOG = LoggerFactory.getLogger(WaitingSource.class);

    private final Keeping keeping;
    private final Aside aside;
    private final List<Entry> entries = new ArrayList<>();
    private int at;
    private final boolean changes;

    /**
     * Processes the request again; events that still wait stay in it.
     *
     * @param refusal why the store rejected its events, which then become failed events; null at the first try
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

    /** Returns null for a request that can no longer be read, which is dropped. */
    private static @Nullable CollectorPayload payload(String origin, byte @Nullable [] frame) {
        try {
            if (frame != null) {
                return PayloadFrame.decode(frame);
            }
            LOG.error("the waiting request {} is dropped: it was sealed with another key", origin);
        } catch (MalformedPayloadException e) {
            LOG.error("the waiting request {} is dropped: {}", origin, e.getMessage());
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

    /** Drops the events of the request. For a request that the store rejects in every form. */
    void leaveOut() {
        entries.clear();
        keeping.begin();
    }

    /** Returns whether there is anything to store. */
    boolean changes() {
        return changes;
    }

    /** Records that the transaction is in the store. */
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
    public WaitingChanges waitingChanges() {
        return aside.changes();
    }
}
