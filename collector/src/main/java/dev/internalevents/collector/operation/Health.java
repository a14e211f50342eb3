package dev.internalevents.collector.operation;

import dev.internalevents.collector.http.Answers;
import dev.internalevents.collector.intake.Intake;
import dev.internalevents.collector.processing.Processor;
import dev.internalevents.collector.sink.SinkFollower;
import dev.internalevents.protocol.ProductVersion;
import io.vertx.core.http.HttpServerRequest;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;

/** Reports whether the collector accepts and processes events, for load balancers and people. */
public final class Health {

    /** RFC 9110, section 5.6.7. */
    private static final DateTimeFormatter HTTP_DATE = DateTimeFormatter.ofPattern(
                    "EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ENGLISH)
            .withZone(ZoneOffset.UTC);

    private final Intake intake;
    private final Processor processor;
    private final Predicate<HttpServerRequest> mayKnow;

    /**
     * Creates the reports.
     *
     * @param mayKnow whether the sender of a request may see details, such as what is wrong
     */
    public Health(Intake intake, Processor processor, Predicate<HttpServerRequest> mayKnow) {
        this.intake = intake;
        this.processor = processor;
        this.mayKnow = mayKnow;
    }

    /** Answers 200 if events are accepted, otherwise 503, with this machine's time. */
    public void health(HttpServerRequest request) {
        request.response().putHeader("Date", HTTP_DATE.format(Instant.now()));
        if (intake.isOpen()) {
            Answers.text(request, 200, "ok");
        } else {
            request.response().putHeader("Retry-After", "1");
            Answers.text(request, 503, "Events cannot be accepted now.\n");
        }
    }

    /** Answers 200 if events are accepted and processed, otherwise 503. */
    public void ready(HttpServerRequest request) {
        String trouble = processor.trouble();
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("takesEvents", intake.isOpen());
        json.put("processesEvents", trouble == null);
        if (mayKnow.test(request)) {
            json.put("version", ProductVersion.CURRENT);
            json.put("waitingRequests", processor.backlog());
            json.put("requestsWaitingForSchemas", processor.aside());
            SinkFollower sink = processor.sink();
            if (sink != null) {
                json.put("eventsNotInLake", sink.behind());
                String away = sink.trouble();
                if (away != null) {
                    json.put("lakeTrouble", away);
                }
            }
            if (trouble != null) {
                json.put("trouble", trouble);
            }
        }
        Answers.json(request, intake.isOpen() && trouble == null ? 200 : 503, json);
    }
}
