package dev.internalevents.pipeline;

import dev.internalevents.iglu.SchemaPendingException;
import dev.internalevents.iglu.SchemaRefusedException;
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
    private final @Nullable IpAnonymization anonymization;

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
        anonymization = settings.anonymizedIpParts() == 0 ? null : new IpAnonymization(settings.anonymizedIpParts());
        pseudonyms = settings.pseudonyms() == null ? null : new Pseudonyms(settings.pseudonyms());
    }

    /**
     * Processes one request. Never waits for the network.
     *
     * @param origin names the request among all others, the same when it is processed again: the ids of events that were
     *     sent without one come from it
     * @return at least one event; for a request that could not be taken apart, one failed event that stands for all of it
     * @throws SchemaPendingException if a schema is still being looked up, or its registry does not answer
     */
    public List<ProcessedEvent> process(CollectorPayload payload, String origin) {
        List<ProcessedEvent> processed = new ArrayList<>();
        for (Splitter.Part part : parts(payload)) {
            processed.add(
                    part instanceof Splitter.Event event
                            ? safely(event.raw(), origin)
                            : unreadable(((Splitter.Broken) part).failed()));
        }
        return processed;
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
    private ProcessedEvent safely(RawEvent raw, String origin) {
        try {
            return process(raw, origin);
        } catch (SchemaPendingException e) {
            throw e;
        } catch (RuntimeException | StackOverflowError e) {
            return unreadable(FailedEvent.unreadable(
                    raw.payload(), raw.index(), Failure.of(Failure.Step.DECODE, "the event", unforeseen(e))));
        }
    }

    private ProcessedEvent process(RawEvent raw, String origin) {
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
        EventDraft draft = new EventDraft(raw, fields, contexts == null ? Contexts.NONE : contexts, unstruct);
        if (failures.isEmpty()) {
            enrichments.forEach(enrichment -> enrichment.enrich(draft));
        }
        if (anonymization != null) {
            anonymization.enrich(draft);
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
    private FailedEvent unreadable(FailedEvent failed) {
        CollectorPayload payload = failed.payload();
        if (anonymization != null) {
            payload = anonymization.anonymous(payload);
        }
        if (pseudonyms != null) {
            payload = pseudonyms.request(payload);
        }
        return new FailedEvent(payload, failed.index(), failed.raw(), failed.atomic(), failed.failures(), failed.key());
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
        try {
            validator.validate(json).forEach(violation -> failures.add(Failure.of(where, violation)));
        } catch (SchemaRefusedException e) {
            failures.add(new Failure(Failure.Step.REGISTRY, where, e.key(), "", e.reason()));
        }
    }
}
