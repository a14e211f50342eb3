package dev.internalevents.fuzz;

import dev.internalevents.iglu.Resolver;
import dev.internalevents.iglu.SchemaValidator;
import dev.internalevents.iglu.ShippedRegistry;
import dev.internalevents.pipeline.CollectorPayload;
import dev.internalevents.pipeline.Outcome;
import dev.internalevents.pipeline.PayloadFrame;
import dev.internalevents.pipeline.Pipeline;
import dev.internalevents.pipeline.RequestBody;
import dev.internalevents.protocol.MalformedPayloadException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;

/**
 * Fuzzes a request's body, its query, and a frame of the spool: any bytes must result in an event or a reported
 * failure.
 */
public final class DecoderFuzzer {

    private static final Pipeline PIPELINE =
            new Pipeline(new SchemaValidator(new Resolver(List.of(new ShippedRegistry()))));

    private static final List<CollectorPayload.Api> APIS = List.of(
            new CollectorPayload.Api("com.acme", "v1"),
            new CollectorPayload.Api("com.snowplowanalytics.iglu", "v1"),
            new CollectorPayload.Api("r", "tp2"));

    private DecoderFuzzer() {}

    public static void fuzzerTestOneInput(byte[] input) {
        if (input.length == 0) {
            return;
        }
        byte[] rest = new byte[input.length - 1];
        System.arraycopy(input, 1, rest, 0, rest.length);
        CollectorPayload.Api api = APIS.get((input[0] >> 2 & 3) % APIS.size());
        switch (input[0] & 3) {
            case 0 -> process(payload(api, null, null, rest));
            case 1 -> process(payload(api, null, "gzip", rest));
            case 2 -> process(payload(api, new String(rest, StandardCharsets.UTF_8), null, null));
            default -> {
                try {
                    PayloadFrame.origin(rest);
                    process(PayloadFrame.decode(rest));
                } catch (MalformedPayloadException e) {
                    // The expected exception.
                }
            }
        }
    }

    private static void process(CollectorPayload payload) {
        List<Outcome> events = PIPELINE.process(payload, "fuzz/1");
        if (events.isEmpty()) {
            throw new IllegalStateException("a request came to nothing");
        }
        PayloadFrame.decode(PayloadFrame.encode(payload));
    }

    private static CollectorPayload payload(CollectorPayload.Api api, String query, String encoding, byte[] body) {
        return new CollectorPayload(
                api,
                query,
                "application/json",
                encoding,
                body == null ? null : RequestBody.of(body),
                new CollectorPayload.Source("fuzz", "UTF-8", null),
                new CollectorPayload.Context(Instant.EPOCH, null, null, null, List.of(), null));
    }
}
