package dev.internalevents.collector.operation;

import dev.internalevents.collector.http.Answers;
import dev.internalevents.collector.intake.Intake;
import dev.internalevents.collector.processing.Accounts;
import dev.internalevents.collector.processing.Processor;
import dev.internalevents.collector.processing.seen.IdIndex;
import dev.internalevents.pipeline.Failure;
import io.vertx.core.http.HttpServerRequest;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntSupplier;

/** Whether the collector is well: for load balancers, for people, and as Prometheus' text format. */
public final class Operation {

    private final Intake intake;
    private final Processor processor;
    private final IntSupplier connections;

    public Operation(Intake intake, Processor processor, IntSupplier connections) {
        this.intake = intake;
        this.processor = processor;
        this.connections = connections;
    }

    /** 200 when it can take events. */
    public void health(HttpServerRequest request) {
        if (intake.isOpen()) {
            Answers.text(request, 200, "ok");
        } else {
            request.response().putHeader("Retry-After", "1");
            Answers.text(request, 503, "Events cannot be taken now.\n");
        }
    }

    /** 200 when it takes events and processes them; otherwise what is wrong, to who may know. */
    public void ready(HttpServerRequest request, boolean mayKnow) {
        String trouble = processor.trouble();
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("takesEvents", intake.isOpen());
        json.put("processesEvents", trouble == null);
        if (mayKnow) {
            json.put("waitingRequests", processor.backlog());
            if (trouble != null) {
                json.put("trouble", trouble);
            }
        }
        Answers.json(request, intake.isOpen() && trouble == null ? 200 : 503, json);
    }

    /** The numbers, each with what it counts. */
    public void metrics(HttpServerRequest request) {
        Accounts accounts = processor.accounts();
        StringBuilder text = new StringBuilder();
        counter(text, "requests_received_total", "Requests that were taken and answered 200", intake.received());
        counter(
                text,
                "requests_refused_total",
                "Requests that could not be kept and were answered 503",
                intake.refused());
        counter(text, "events_good_total", "Good events in the store", accounts.good());
        head(text, "events_failed_total", "counter", "Failed events in the store, by the step that failed");
        for (Failure.Step step : Failure.Step.values()) {
            text.append("internal_events_events_failed_total{step=\"")
                    .append(step.name().toLowerCase(Locale.ROOT))
                    .append("\"} ")
                    .append(accounts.failed(step))
                    .append('\n');
        }
        counter(text, "events_duplicate_total", "Events that had been seen and were dropped", accounts.duplicates());
        gauge(text, "requests_waiting", "Requests that wait to be processed", processor.backlog());
        gauge(
                text,
                "processing_lag_seconds",
                "From intake to store, of the newest event in the store; 0 when nothing waits",
                accounts.lag().toMillis() / 1000.0);
        gauge(text, "spool_bytes", "Bytes that the spool's files have", intake.spoolBytes());
        IdIndex.Sizes ids = processor.eventIds();
        gauge(text, "event_ids", "Event ids in the index on disk, by which deduplication finds events", ids.entries());
        gauge(text, "event_ids_bytes", "Bytes of that index's files", ids.fileBytes());
        gauge(text, "event_ids_filter_bytes", "Memory of its filters, beside the heap", ids.filterBytes());
        gauge(
                text,
                "event_ids_files_without_filter",
                "Its files whose filter has no room in memory; each costs a read of the disk an event",
                ids.runs() - ids.runsWithFilter());
        gauge(text, "connections", "Connections that are open", connections.getAsInt());
        gauge(
                text,
                "processing",
                "1 while events are processed, 0 while something hinders",
                processor.trouble() == null ? 1 : 0);
        request.response().putHeader("Cache-Control", "no-store");
        request.response()
                .putHeader("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
                .end(text.toString());
    }

    private static void counter(StringBuilder text, String name, String help, long value) {
        head(text, name, "counter", help);
        text.append("internal_events_").append(name).append(' ').append(value).append('\n');
    }

    private static void gauge(StringBuilder text, String name, String help, Number value) {
        head(text, name, "gauge", help);
        text.append("internal_events_").append(name).append(' ').append(value).append('\n');
    }

    private static void head(StringBuilder text, String name, String type, String help) {
        text.append("# HELP internal_events_")
                .append(name)
                .append(' ')
                .append(help)
                .append('\n');
        text.append("# TYPE internal_events_")
                .append(name)
                .append(' ')
                .append(type)
                .append('\n');
    }
}
