package dev.internalevents.pipeline;

import dev.internalevents.iglu.RegistryUnavailableException;
import dev.internalevents.iglu.SchemaValidator;
import dev.internalevents.protocol.Contexts;
import dev.internalevents.protocol.MalformedPayloadException;
import dev.internalevents.protocol.SelfDescribingJson;
import dev.internalevents.protocol.TrackerPayload;
import dev.internalevents.protocol.UnstructEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * From a request to its events: split, decode, check the atomic fields, validate, enrich. Whatever the request holds, each
 * of its events comes out once, good or failed. Safe for use by several threads.
 */
public final class Pipeline {

    private final SchemaValidator validator;
    private final List<Enrichment> enrichments = new ArrayList<>();
    private final @Nullable Pseudonyms pseudonyms;
    private final IpAnonymization anonymization;

    public Pipeline(SchemaValidator validator) {
        this(validator, PipelineSettings.DEFAULTS);
    }

    /** @throws IllegalArgumentException naming a setting that makes no sense */
    public Pipeline(SchemaValidator validator, PipelineSettings settings) {
        this.validator = validator;
        enrichments.add(new CampaignParameters());
        if (settings.userAgents()) {
            enrichments.add(new UserAgents());
        }
        anonymization = new IpAnonymization(settings.anonymizedIpParts());
        pseudonyms = settings.pseudonyms() == null ? null : new Pseudonyms(settings.pseudonyms());
    }

    /**
     * Processes one request. May block for a schema that is not known yet.
     *
     * @param origin names the request among all others, the same when it is processed again: the ids of events that were
     *     sent without one come from it
     * @return at least one event; for a request that could not be taken apart, one failed event that stands for all of it
     * @throws dev.internalevents.iglu.RegistryUnavailableException when a schema cannot be looked up now
     */
    public List<ProcessedEvent> process(CollectorPayload payload, String origin) {
        List<ProcessedEvent> processed = new ArrayList<>();
        Kept kept = new Kept(payload);
        for (Splitter.Part part : parts(payload)) {
            processed.add(
                    part instanceof Splitter.Event event
                            ? safely(kept.event(event.raw()), kept, origin)
                            : unreadable(((Splitter.Broken) part).failed(), kept));
        }
        return processed;
    }

    /** Returns the request without what is left out of it ({@code --anonymize-ip}, {@code SP-Anonymous}). */
    public CollectorPayload anonymous(CollectorPayload payload) {
        return anonymization.request(payload);
    }

    /**
     * Returns the frame of a request as it may be kept: without the sender's address, if that is left out.
     *
     * @param frame what {@link PayloadFrame} made of the request
     * @param payload the request, or what was kept of it with one of its events
     */
    public byte[] anonymous(byte[] frame, CollectorPayload payload) {
        return anonymization.concerns(payload)
                ? PayloadFrame.encode(anonymization.request(PayloadFrame.decode(frame)))
                : frame;
    }

    /** What is kept of a request, made once for all its events. */
    private final class Kept {
        private final CollectorPayload received;
        private final boolean anonymous;
        /** Its body is not kept: it has all that was left out. */
        private final CollectorPayload ofGood;

        private @Nullable CollectorPayload ofFailed;

        private Kept(CollectorPayload received) {
            this.received = received;
            this.anonymous = received.isAnonymous();
            this.ofGood = anonymization.ofGoodEvents(received);
        }

        /** Before anything reads it, so that no field, failure or fingerprint has the address. */
        private RawEvent event(RawEvent raw) {
            return anonymization.concerns(received)
                    ? new RawEvent(ofGood, anonymization.parameters(raw.parameters(), anonymous), raw.index())
                    : raw;
        }

        /** A failed event shows the query string and the body too. */
        private CollectorPayload failed() {
            CollectorPayload made = ofFailed;
            if (made == null) {
                made = anonymization.request(received);
                ofFailed = made;
            }
            return made;
        }
    }

    private static List<Splitter.Part> parts(CollectorPayload payload) {
        try {
            return Splitter.split(payload);
        } catch (RuntimeException | StackOverflowError e) {
            Failure failure = Failure.of(Failure.Step.SPLIT, "the request", unforeseen(e));
            return List.of(new Splitter.Broken(FailedEvent.unreadable(payload, 0, failure)));
        }
    }

    private static String unforeseen(Throwable e) {
        return "processing it failed (" + e.getClass().getSimpleName() + "); please report this";
    }

    /** An event that nobody foresaw must not hold up all that come after it. */
    private ProcessedEvent safely(RawEvent raw, Kept kept, String origin) {
        try {
            return process(raw, kept, origin);
        } catch (RegistryUnavailableException e) {
            throw e;
        } catch (RuntimeException | StackOverflowError e) {
            return unreadable(
                    FailedEvent.unreadable(
                            raw.payload(), raw.index(), Failure.of(Failure.Step.DECODE, "the event", unforeseen(e))),
                    kept);
        }
    }

    private ProcessedEvent process(RawEvent read, Kept kept, String origin) {
        RawEvent raw = read;
        TrackerPayload parameters = raw.parameters();
        List<Failure> failures = new ArrayList<>(0);
        Contexts contexts = decode("the contexts", parameters::contexts, failures);
        UnstructEvent unstruct = decode("the self-describing event", parameters::unstructEvent, failures);
        EventKey key = EventKey.of(parameters);
        AtomicValues fields = AtomicEvent.fields(
                raw,
                unstruct,
                key == null
                        ? DerivedId.of(origin, raw.index()).toString()
                        : key.id().toString(),
                failures);
        if ("ue".equals(parameters.get("e")) && unstruct == null && failures.isEmpty()) {
            failures.add(Failure.of(
                    Failure.Step.DECODE,
                    "the self-describing event",
                    "it is missing; e=ue needs ue_px (base64) or ue_pr (JSON)"));
        }
        if (key != null) {
            fields.set("event_fingerprint", key.fingerprint());
        }
        if (unstruct != null) {
            validate("the self-describing event", unstruct.event(), failures);
        }
        if (contexts != null) {
            for (SelfDescribingJson context : contexts.list()) {
                validate("the context " + context.schema().name(), context, failures);
            }
        }
        if (!failures.isEmpty()) {
            raw = raw.withPayload(kept.failed());
        }
        EventDraft draft = new EventDraft(raw, fields, contexts == null ? Contexts.NONE : contexts, unstruct);
        if (failures.isEmpty()) {
            enrichments.forEach(enrichment -> enrichment.enrich(draft));
        }
        if (pseudonyms != null) {
            pseudonyms.enrich(draft);
        }
        return failures.isEmpty()
                ? new GoodEvent(
                        draft.raw,
                        AtomicEvent.schema(fields, draft.unstruct),
                        fields,
                        draft.contexts,
                        draft.unstruct,
                        draft.derived.isEmpty() ? Contexts.NONE : new Contexts(draft.derived),
                        key)
                : new FailedEvent(draft.raw.payload(), raw.index(), draft.raw, fields, failures, key);
    }

    /** What could not be read cannot be made anonymous in parts. */
    private FailedEvent unreadable(FailedEvent failed, Kept kept) {
        CollectorPayload payload = kept.failed();
        if (pseudonyms != null) {
            payload = pseudonyms.request(payload);
        }
        return new FailedEvent(
                payload, failed.index(), failed.raw(), failed.atomic(), failures(failed, kept), failed.key());
    }

    /** What is said of a text that could not be read may quote it. */
    private List<Failure> failures(FailedEvent failed, Kept kept) {
        return failed.failures().stream()
                .map(failure -> failure.withMessage(anonymization.text(failure.message(), kept.anonymous)))
                .toList();
    }

    private static <T> @Nullable T decode(String what, Supplier<@Nullable T> read, List<Failure> failures) {
        try {
            return read.get();
        } catch (MalformedPayloadException e) {
            failures.add(Failure.of(Failure.Step.DECODE, what, String.valueOf(e.getMessage())));
            return null;
        }
    }

    private void validate(String where, SelfDescribingJson json, List<Failure> failures) {
        validator.validate(json).forEach(violation -> failures.add(Failure.of(where, violation)));
    }
}
