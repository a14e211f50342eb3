package dev.internalevents.collector.operation;

import dev.internalevents.collector.http.Answers;
import dev.internalevents.collector.intake.Intake;
import dev.internalevents.collector.processing.Processor;
import io.vertx.core.http.HttpServerRequest;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;

/** Reports whether the collector accepts and processes events, for load balancers and people. */
public final class Health {

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

    /** Answers 200 if events are accepted, otherwise 503. */
    public void health(HttpServerRequest request) {
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
            json.put("waitingRequests", processor.backlog());
            json.put("requestsWaitingForSchemas", processor.aside());
            if (trouble != null) {
                json.put("trouble", trouble);
            }
        }
        Answers.json(request, intake.isOpen() && trouble == null ? 200 : 503, json);
    }
}
