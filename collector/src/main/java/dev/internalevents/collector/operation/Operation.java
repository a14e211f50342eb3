package dev.internalevents.collector.operation;

import dev.internalevents.collector.http.Answers;
import dev.internalevents.collector.intake.Intake;
import dev.internalevents.collector.processing.Accounts;
import dev.internalevents.collector.processing.Losses;
import dev.internalevents.collector.processing.Processor;
import dev.internalevents.collector.processing.Retainer;
import dev.internalevents.store.ids.IdIndex;
import dev.internalevents.store.EventStore;
import dev.internalevents.pipeline.Failure;
import io.vertx.core.http.HttpServerRequest;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;

/** Whether the collector is well: for load balancers, for people, and as Prometheus' text format. */
public final class Operation {

    private final Intake intake;
    private final Processor processor;
    private final IntSupplier connections;
    private final LongSupplier limited;
    private final int filesLeftOut;

    /**
     * Reports on these parts.
     *
     * @param connections that are open
     * @param limited requests that were answered 429 since the start
     * @param filesLeftOut files of definitions that have an error and are not used
     */
    public Operation(
            Intake intake, Processor processor, IntSupplier connections, LongSupplier limited, int filesLeftOut) {
        this.intake = intake;
        this.processor = processor;
        this.connections = connections;
        this.limited = limited;
        this.filesLeftOut = filesLeftOut;
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
            json.put("requestsWaitingForSchemas", processor.aside());
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
        counter(
                text,
                "requests_limited_total",
                "Requests beyond --requests-per-second of their address, answered 429",
                limited.getAsLong());
        counter(text, "events_good_total", "Good events that were stored since the start", accounts.good());
        head(
                text,
                "events_failed_total",
                "counter",
                "Failed events that were stored since the start, by the step that failed");
        for (Failure.Step step : Failure.Step.values()) {
            text.append("internal_events_events_failed_total{step=\"")
                    .append(step.name().toLowerCase(Locale.ROOT))
                    .append("\"} ")
                    .append(accounts.failed(step))
                    .append('\n');
        }
        counter(
                text,
                "events_duplicate_total",
                "Events that had been seen and were dropped since the start",
                accounts.duplicates());
        gauge(text, "requests_waiting", "Requests that wait to be processed", processor.backlog());
        gauge(
                text,
                "requests_aside",
                "Requests some of whose events wait for a schema that cannot be looked up",
                processor.aside());
        counter(
                text,
                "events_left_out_total",
                "Events that the store refused, also as failed ones; the log has each",
                accounts.eventsLeftOut());
        EventStore store = processor.store().getNow(null);
        gauge(
                text,
                "events_unreadable",
                "Events of the store whose rows could not be read since it was opened, up to 10,000; the log has the first",
                store == null ? 0 : store.unreadable());
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
        gauge(
                text,
                "definition_files_left_out",
                "Files of definitions that have an error and are not used; the start names them",
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
                "Requests that were taken and are lost with damaged files of the spool, at least; found since the start",
                losses.requests());
        counter(
                text,
                "lost_events_total",
                "Events that were stored and are lost with the store's files, at least; found since the start",
                losses.events());
        counter(
                text,
                "lost_spool_bytes_total",
                "Bytes of the spool that are damaged, cut off or missing, at most; found since the start",
                losses.bytes());
        counter(
                text,
                "damaged_files_total",
                "Files of the spool that are damaged or missing; found since the start",
                losses.files());
    }

    private void removed(StringBuilder text) {
        Retainer retainer = processor.retainer();
        head(text, "removed_total", "counter", "Events that were removed, by what they were too much for");
        sample(text, "removed_total{reason=\"age\"}", retainer.old());
        sample(text, "removed_total{reason=\"size\"}", retainer.surplus());
        counter(
                text,
                "requests_removed_total",
                "Requests of failed events that were removed for their age",
                retainer.requests());
        gauge(
                text,
                "removal_paused",
                "1 while nothing is removed for its age, because the clock jumped",
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
