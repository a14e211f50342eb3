package dev.internalevents.pipeline;

import dev.internalevents.iglu.SchemaPendingException;
import dev.internalevents.iglu.SchemaUnavailableException;
import dev.internalevents.iglu.SchemaValidator;
import dev.internalevents.iglu.Violation;
import dev.internalevents.pipeline.adapter.Adapters;
import dev.internalevents.protocol.Contexts;
import dev.internalevents.protocol.EnvelopeVersions;
import dev.internalevents.protocol.MalformedPayloadException;
import dev.internalevents.protocol.SchemaKey;
import dev.internalevents.protocol.SelfDescribingJson;
import dev.internalevents.protocol.TrackerPayload;
import dev.internalevents.protocol.UnstructEvent;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Turns a request into events: split, decode, check the atomic fields, validate, enrich. Each event of the request
 * comes out exactly once, good or failed, whatever the request contains. Thread-safe.
 */
public final class Pipeline {

    private final SchemaValidator validator;
    private final InstantSource clock;
    private final List<Enrichment> ofGoodEvents;
    /** Applied after the others, also to failed events: what must not be stored must not be stored with them either. */
    private final List<Enrichment> ofAllEvents;

    private final @Nullable Pseudonyms pseudonyms;
    private final IpAnonymization anonymization;
    private final Splitter splitter;
    private final EnvelopeVersions versions;

    public Pipeline(SchemaValidator validator) {
        this(validator, PipelineSettings.DEFAULTS);
    }

    /** @throws IllegalArgumentException naming an invalid setting */
    public Pipeline(SchemaValidator validator, PipelineSettings settings) {
        this(validator, settings, InstantSource.system());
    }

    /**
     * Creates a pipeline that takes the time of processing, {@code etl_tstamp}, from a clock. Everything else in an
     * event depends on its request, the schemas and the settings alone.
     *
     * @throws IllegalArgumentException naming an invalid setting
     */
    public Pipeline(SchemaValidator validator, PipelineSettings settings, InstantSource clock) {
        this.validator = validator;
        this.clock = clock;
        anonymization = new IpAnonymization(settings.anonymizedIpParts());
        splitter = new Splitter(settings.lenientEnvelope(), settings.redirects());
        versions = Adapters.versions(settings.lenientEnvelope());
        pseudonyms = settings.pseudonyms() == null ? null : new Pseudonyms(settings.pseudonyms());
        ofGoodEvents = settings.userAgents() ? List.of(new UserAgents()) : List.of();
        ofAllEvents = pseudonyms == null ? List.of() : List.of(pseudonyms);
    }

    /**
     * Processes one request. Never blocks.
     *
     * @param origin identifies the request uniquely, and must be the same when it is processed again: ids for events
     *     that were sent without one, or could not be read, are derived from it
     * @return at least one event; for a request that could not be split, one failed event that stands for all of it
     */
    public List<Outcome> process(CollectorPayload payload, String origin) {
        return process(payload, origin, index -> true);
    }

    /**
     * Processes some of the events of a request, otherwise like {@link #process(CollectorPayload, String)}.
     *
     * @param indices selects events by index, from 0
     */
    public List<Outcome> process(CollectorPayload payload, String origin, IntPredicate indices) {
        List<Outcome> processed = new ArrayList<>();
        Stored stored = new Stored(payload);
        List<Splitter.Part> parts = parts(payload);
        for (int i = 0; i < parts.size(); i++) {
            if (indices.test(i)) {
                processed.add(
                        parts.get(i) instanceof Splitter.Event event
                                ? safely(stored.event(event.raw()), stored, origin)
                                : unreadable(((Splitter.Broken) parts.get(i)).failed(), stored, origin));
            }
        }
        return processed;
    }

    /** Returns the request after anonymization ({@code --anonymize-ip}, {@code SP-Anonymous}). */
    public CollectorPayload anonymous(CollectorPayload payload) {
        return anonymization.request(payload);
    }

    /**
     * Returns the frame of a request in the form that may be stored: with the sender's address masked if required.
     *
     * @param frame the request, encoded by {@link PayloadFrame}
     * @param payload the request, or the part of it that was stored with one of its events
     */
    public byte[] anonymous(byte[] frame, CollectorPayload payload) {
        return anonymization.concerns(payload)
                ? PayloadFrame.encode(anonymization.request(PayloadFrame.decode(frame)))
                : frame;
    }

    /** The parts of a request to store, computed once for all its events. */
    private final class Stored {
        private final CollectorPayload received;
        private final boolean anonymous;
        private final boolean concerned;
        private final Failures.Budget failures = new Failures.Budget();
        /** Without the body, which contains everything that is to be masked. */
        private final CollectorPayload ofGood;

        private @Nullable CollectorPayload ofFailed;

        private Stored(CollectorPayload received) {
            this.received = received;
            this.anonymous = received.isAnonymous();
            this.concerned = anonymization.concerns(received);
            this.ofGood = anonymization.ofGoodEvents(received);
        }

        /** Masks the event before anything reads it, so that no field, failure or fingerprint contains the address. */
        private RawEvent event(RawEvent raw) {
            return concerned
                    ? new RawEvent(ofGood, anonymization.parameters(raw.parameters(), anonymous), raw.index())
                    : raw;
        }

        /** Returns the request of a failed event, which includes the query string and the body. */
        private CollectorPayload failed() {
            CollectorPayload made = ofFailed;
            if (made == null) {
                made = anonymization.request(received);
                ofFailed = made;
            }
            return made;
        }
    }

    private List<Splitter.Part> parts(CollectorPayload payload) {
        try {
            return splitter.split(payload);
        } catch (RuntimeException | StackOverflowError e) {
            Failure failure = Failure.of(Failure.Step.SPLIT, "the request", unforeseen(e));
            return List.of(new Splitter.Broken(FailedEvent.unreadable(payload, 0, failure)));
        }
    }

    private static String unforeseen(Throwable e) {
        return "processing it failed (" + e.getClass().getSimpleName() + "); please report this";
    }

    /** Processes an event. An unexpected failure in one event must not block the events behind it. */
    private Outcome safely(RawEvent raw, Stored stored, String origin) {
        try {
            return process(raw, stored, origin);
        } catch (RuntimeException | StackOverflowError e) {
            return unreadable(
                    FailedEvent.unreadable(
                            raw.payload(), raw.index(), Failure.of(Failure.Step.DECODE, "the event", unforeseen(e))),
                    stored,
                    origin);
        }
    }

    private Outcome process(RawEvent read, Stored stored, String origin) {
        RawEvent raw = read;
        TrackerPayload parameters = raw.parameters();
        Failures failures = new Failures(stored.failures);
        Contexts contexts = contexts(parameters, failures);
        UnstructEvent unstruct = unstruct(parameters, failures);
        EventKey sent = EventKey.of(parameters);
        EventKey key = sent == null ? EventKey.of(origin, raw.index()) : sent;
        // An event that was sent with a usable id already has it among its fields.
        String derivedId = sent == null ? key.id().toString() : null;
        AtomicValues fields = AtomicEvent.fields(raw, unstruct, derivedId, failures);
        fields.set("etl_tstamp", Instant.ofEpochMilli(clock.millis()));
        if ("ue".equals(parameters.get("e")) && unstruct == null && failures.isEmpty()) {
            failures.add(Failure.of(
                    Failure.Step.DECODE,
                    "the self-describing event",
                    "it is missing; e=ue needs ue_px (base64) or ue_pr (JSON)"));
        }
        if (sent != null) {
            fields.set("event_fingerprint", sent.fingerprint());
        }
        LookUps lookUps = new LookUps();
        Superseded superseded = new Superseded();
        if (unstruct != null) {
            validate(null, unstruct.event(), failures, lookUps, superseded);
        }
        if (contexts != null) {
            for (SelfDescribingJson context : contexts.list()) {
                if (failures.endsChecks()) {
                    break;
                }
                validate(context.schema(), context, failures, lookUps, superseded);
            }
        }
        boolean waits = failures.isEmpty() && lookUps.mayStillSucceed();
        // Failures of the event itself come first: they tell whether retrying can help.
        if (lookUps.isUsed()) {
            failures.merge(lookUps.failures);
        }
        if (!failures.isEmpty()) {
            raw = raw.withPayload(stored.failed());
        }
        EventDraft draft = new EventDraft(raw, fields, contexts == null ? Contexts.NONE : contexts, unstruct);
        if (failures.isEmpty()) {
            superseded.replaceIn(draft);
            ofGoodEvents.forEach(enrichment -> enrichment.enrich(draft));
        }
        ofAllEvents.forEach(enrichment -> enrichment.enrich(draft));
        if (failures.isEmpty()) {
            return new GoodEvent(
                    draft.raw,
                    AtomicEvent.schema(fields, draft.unstruct),
                    fields,
                    draft.contexts,
                    draft.unstruct,
                    draft.derived.isEmpty() ? Contexts.NONE : new Contexts(draft.derived),
                    key);
        }
        FailedEvent failed =
                new FailedEvent(draft.raw.payload(), raw.index(), draft.raw, fields, failures.summary(), key);
        return waits ? new WaitingEvent(failed, lookUps.first()) : failed;
    }

    /** Anonymizes the request as a whole: an event that could not be read cannot be anonymized in parts. */
    private FailedEvent unreadable(FailedEvent failed, Stored stored, String origin) {
        CollectorPayload payload = stored.failed();
        if (pseudonyms != null) {
            payload = pseudonyms.request(payload);
        }
        return failed.withPayload(payload)
                .withFailures(failures(failed, stored))
                .of(origin);
    }

    /** Masks the messages, because they may quote the text that could not be read. */
    private List<Failure> failures(FailedEvent failed, Stored stored) {
        return failed.failures().stream()
                .map(failure -> failure.withMessage(anonymization.text(failure.message(), stored.anonymous)))
                .toList();
    }

    private @Nullable Contexts contexts(TrackerPayload parameters, Failures failures) {
        try {
            return parameters.contexts(versions);
        } catch (MalformedPayloadException e) {
            failures.add(Failure.of(Failure.Step.DECODE, "the contexts", String.valueOf(e.getMessage())));
            return null;
        }
    }

    private @Nullable UnstructEvent unstruct(TrackerPayload parameters, Failures failures) {
        try {
            return parameters.unstructEvent(versions);
        } catch (MalformedPayloadException e) {
            failures.add(Failure.of(Failure.Step.DECODE, "the self-describing event", String.valueOf(e.getMessage())));
            return null;
        }
    }

    /**
     * Validates a context or the self-describing event.
     *
     * @param context the schema of a context; null for the self-describing event
     */
    private void validate(
            @Nullable SchemaKey context,
            SelfDescribingJson json,
            List<Failure> failures,
            LookUps lookUps,
            Superseded superseded) {
        try {
            SchemaValidator.Verdict verdict = validator.check(json);
            if (!verdict.violations().isEmpty()) {
                String where = where(context);
                Failure.Step step = verdict.usable() ? Failure.Step.VALIDATE : Failure.Step.SCHEMA;
                verdict.violations()
                        .forEach(violation -> failures.add(Failure.of(step, where, violation, isShown(violation))));
            }
            superseded.note(json.schema(), verdict.schema());
        } catch (SchemaUnavailableException e) {
            lookUps.add(where(context), e);
        }
    }

    private static String where(@Nullable SchemaKey context) {
        return context == null ? "the self-describing event" : "the context " + context.name();
    }

    private boolean isShown(Violation violation) {
        return pseudonyms == null || !pseudonyms.replaces(violation.pointer());
    }

    /** The failed or pending schema look-ups of one event. */
    private static final class LookUps {
        private final Failures failures = new Failures(new Failures.Budget());
        private @Nullable SchemaPendingException pending;
        private boolean refused;

        private void add(String where, SchemaUnavailableException e) {
            failures.add(new Failure(Failure.Step.REGISTRY, where, e.key(), "", e.reason()));
            if (!(e instanceof SchemaPendingException later)) {
                refused = true;
            } else if (pending == null) {
                pending = later;
            }
        }

        private boolean isUsed() {
            return !failures.isEmpty();
        }

        private boolean mayStillSucceed() {
            return !refused && pending != null;
        }

        /** Returns the look-up to wait for; when it completes, the others are known too or are waited for next. */
        private WaitingEvent.LookUp first() {
            SchemaPendingException first = Objects.requireNonNull(pending);
            return new WaitingEvent.LookUp(first.key(), first.settled(), first::isInFlight);
        }
    }
}
