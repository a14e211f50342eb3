package dev.internalevents.pipeline;

import dev.internalevents.iglu.SchemaValidator;
import dev.internalevents.protocol.Contexts;
import dev.internalevents.protocol.MalformedPayloadException;
import dev.internalevents.protocol.SelfDescribingJson;
import dev.internalevents.protocol.TrackerPayload;
import dev.internalevents.protocol.UnstructEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * From a request to its events: split, decode, check the atomic fields, validate. Whatever the request holds, each of
 * its events comes out once, good or failed. Safe for use by several threads.
 */
public final class Pipeline {

    private final SchemaValidator validator;

    public Pipeline(SchemaValidator validator) {
        this.validator = validator;
    }

    /** At least one event; for a request that could not be taken apart, one failed event that stands for all of it. */
    public List<ProcessedEvent> process(CollectorPayload payload) {
        List<ProcessedEvent> processed = new ArrayList<>();
        for (Splitter.Part part : Splitter.split(payload)) {
            processed.add(
                    part instanceof Splitter.Event event ? process(event.raw()) : ((Splitter.Broken) part).failed());
        }
        return processed;
    }

    private ProcessedEvent process(RawEvent raw) {
        TrackerPayload parameters = raw.parameters();
        List<Failure> failures = new ArrayList<>();
        Contexts contexts = decode("the contexts", parameters::contexts, failures);
        UnstructEvent unstruct = decode("the self-describing event", parameters::unstructEvent, failures);
        Map<String, Object> fields = AtomicEvent.fields(raw, unstruct, failures);
        if ("ue".equals(parameters.get("e")) && unstruct == null && failures.isEmpty()) {
            failures.add(Failure.of(
                    Failure.Step.DECODE,
                    "the self-describing event",
                    "it is missing; e=ue needs ue_px (base64) or ue_pr (JSON)"));
        }
        if (unstruct != null) {
            validate("the self-describing event", unstruct.event(), failures);
        }
        if (contexts != null) {
            for (SelfDescribingJson context : contexts.list()) {
                validate("the context " + context.schema().name(), context, failures);
            }
        }
        return failures.isEmpty()
                ? new GoodEvent(
                        raw,
                        AtomicEvent.schema(fields, unstruct),
                        fields,
                        contexts == null ? Contexts.NONE : contexts,
                        unstruct)
                : new FailedEvent(raw.payload(), raw, failures);
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
