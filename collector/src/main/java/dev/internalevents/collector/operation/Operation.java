package dev.internalevents.collector.operation;

import dev.internalevents.collector.http.Answers;
import dev.internalevents.collector.intake.Intake;
import dev.internalevents.collector.processing.Losses;
import dev.internalevents.collector.processing.OutcomeCounts;
import dev.internalevents.collector.processing.Processor;
import dev.internalevents.collector.processing.Retainer;
import dev.internalevents.pipeline.Failure;
import dev.internalevents.protocol.ProductVersion;
import dev.internalevents.store.EventStore;
import dev.internalevents.store.ids.IdIndex;
import io.vertx.core.http.HttpServerRequest;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/** Reports the collector's health: for load balancers, for people, and in Prometheus' text format. */
public final class Operation {

    private final Intake intake;
    private final Processor processor;
    private final Predicate<HttpServerRequest> mayKnow;
    private final IntSupplier connections;
    private final LongSupplier limited;
    private final int filesLeftOut;

    /**
     * Creates the reports.
     *
     * @param mayKnow whether the sender of a request may see details, such as what is wrong
     * @param connections the number of open connections
     * @param limited the number of requests answered 429 since the start
     * @param filesLeftOut the number of definition files that have an error and are not used
     */
    public Operation(
            Intake intake,
            Processor processor,
            Predicate<HttpServerRequest> mayKnow,
            IntSupplier connections,
            LongSupplier limited,
            int filesLeftOut) {
        this.intake = intake;
        this.processor = processor;
        this.mayKnow = mayKnow;
        this.connections = connections;
        this.limited = limited;
        this.filesLeftOut = filesLeftOut;
    }

    /** Answers 200 if events are accepted, otherwise 503, with this machine's time. */
    public void health(HttpServerRequest request) {
        request.response()
                .putHeader("Date", DateTimeFormatter.RFC_1123_DATE_TIME.format(OffsetDateTime.now(ZoneOffset.UTC)));
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
            if (trouble != null) {
                json.put("trouble", trouble);
            }
        }
        Answers.json(request, intake.isOpen() && trouble == null ? 200 : 503, json);
    }

    /** Answers with all metrics, each with its description. */
    public void metrics(HttpServerRequest request) {
        OutcomeCounts outcomes = processor.outcomes();
        StringBuilder text = new StringBuilder();
        counter(text, "requests_received_total", "Requests that were accepted and answered 200", intake.received());
        counter(
                text,
                "requests_refused_total",
                "Requests that could not be stored and were answered 503",
                intake.refused());
        counter(
                text,
                "requests_limited_total",
                "Requests over --requests-per-second of their address, answered 429",
                limited.getAsLong());
        counter(text, "events_good_total", "Good events stored since the start", outcomes.good());
        head(text, "events_failed_total", "counter", "Failed events stored since the start, by the step that failed");
        for (Failure.Step step : Failure.Step.values()) {
            text.append("internal_events_events_failed_total{step=\"")
                    .append(step.name().toLowerCase(Locale.ROOT))
                    .append("\"} ")
                    .append(outcomes.failed(step))
                    .append('\n');
        }
        counter(text, "events_duplicate_total", "Duplicate events dropped since the start", outcomes.duplicates());
        gauge(text, "requests_waiting", "Requests waiting to be processed", processor.backlog());
        gauge(
                text,
                "requests_aside",
                "Requests with events that wait for a schema that cannot be looked up",
                processor.aside());
        counter(
                text,
                "events_left_out_total",
                "Events that the store rejected even as failed events; each is logged",
                outcomes.eventsLeftOut());
        EventStore store = processor.store().getNow(null);
        gauge(
                text,
                "events_unreadable",
                "Stored events found unreadable since the store was opened, up to 10,000; the first is logged",
                store == null ? 0 : store.unreadable());
        gauge(
                text,
                "processing_lag_seconds",
                "Time from intake to store of the newest stored event; 0 if nothing waits",
                outcomes.lag().toMillis() / 1000.0);
        gauge(text, "spool_bytes", "Total size of the spool's files", intake.spoolBytes());
        IdIndex.Sizes ids = processor.eventIds();
        gauge(text, "event_ids", "Event ids in the on-disk index used for deduplication", ids.entries());
        gauge(text, "event_ids_bytes", "Total size of that index's files", ids.fileBytes());
        gauge(text, "event_ids_filter_bytes", "Off-heap memory of its filters", ids.filterBytes());
        gauge(
                text,
                "event_ids_files_without_filter",
                "Its files whose filter does not fit in memory; each costs one disk read per event",
                ids.runs() - ids.runsWithFilter());
        gauge(text, "connections", "Open connections", connections.getAsInt());
        gauge(
                text,
                "processing",
                "1 while events are processed, 0 while processing is blocked",
                processor.trouble() == null ? 1 : 0);
        gauge(
                text,
                "definition_files_left_out",
                "Definition files that have an error and are not used; logged at startup",
                filesLeftOut);
        losses(text);
        removed(text);
        request.response().putHeader("Cache-Control", "no-store");
        request.response()
                .putHeader("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
                .end(text.toString());
    }

    private void losses(StringBuilder text) {
        Losses losses = processor.losses();
        counter(
                text,
                "lost_requests_total",
                "Minimum number of accepted requests lost with damaged spool files; found since the start",
                losses.requests());
        counter(
                text,
                "lost_events_total",
                "Minimum number of stored events lost with the store's files; found since the start",
                losses.events());
        counter(
                text,
                "lost_spool_bytes_total",
                "Maximum number of damaged, truncated or missing bytes of the spool; found since the start",
                losses.bytes());
        counter(text, "damaged_files_total", "Damaged or missing spool files; found since the start", losses.files());
    }

    private void removed(StringBuilder text) {
        Retainer retainer = processor.retainer();
        head(text, "removed_total", "counter", "Removed events, by the limit that they exceeded");
        sample(text, "removed_total{reason=\"age\"}", retainer.old());
        sample(text, "removed_total{reason=\"size\"}", retainer.surplus());
        counter(
                text,
                "requests_removed_total",
                "Requests of failed events removed because of their age",
                retainer.requests());
        gauge(
                text,
                "removal_paused",
                "1 while removal by age is paused because the clock jumped",
                retainer.isPaused() ? 1 : 0);
    }

    private static void sample(StringBuilder text, String name, long value) {
        text.append("internal_events_").append(name).append(' ').append(value).append('\n');
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
