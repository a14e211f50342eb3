package dev.internalevents.collector.monitoring;

import dev.internalevents.collector.intake.Intake;
import dev.internalevents.collector.processing.Losses;
import dev.internalevents.collector.processing.OutcomeCounts;
import dev.internalevents.collector.processing.Processor;
import dev.internalevents.collector.processing.Retainer;
import dev.internalevents.collector.sink.SinkFollower;
import dev.internalevents.collector.sink.SinkMaintainer;
import dev.internalevents.pipeline.Failure;
import dev.internalevents.store.EventStore;
import dev.internalevents.store.ids.IdIndex;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Instant;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** Metrics of the way of an event: accepted, processed, failed, duplicate, lost, removed. */
public final class EventMetrics {

    private final Processor processor;
    private final Registration to;

    private EventMetrics(Processor processor, Registration to) {
        this.processor = processor;
        this.to = to;
    }

    public static void register(PrometheusRegistry registry, Intake intake, Processor processor) {
        EventMetrics metrics = new EventMetrics(processor, new Registration(registry));
        metrics.accepted(intake);
        metrics.processed();
        metrics.waiting();
        metrics.ids();
        metrics.lost();
        metrics.removed();
        metrics.sink();
    }

    private void accepted(Intake intake) {
        to.counter("requests_received", "Requests that were accepted and answered 200", intake::received);
        to.counter("requests_refused", "Requests that could not be stored and were answered 503", intake::refused);
        to.gauge("spool_bytes", "Total size of the spool's files", intake::spoolBytes);
    }

    private void processed() {
        OutcomeCounts outcomes = processor.outcomes();
        to.counter("events_good", "Good events stored since the start", outcomes::good);
        to.counter("events_failed", "Failed events stored since the start, by the step that failed", "step", all -> {
            for (Failure.Step step : Failure.Step.values()) {
                all.call((double) outcomes.failed(step), step.name().toLowerCase(Locale.ROOT));
            }
        });
        to.counter("events_duplicate", "Duplicate events dropped since the start", outcomes::duplicates);
        to.counter(
                "events_left_out",
                "Events that the store rejected even as failed events; each is logged",
                outcomes::eventsLeftOut);
        to.gauge(
                "events_unreadable",
                "Stored events found unreadable since the store was opened, up to 10,000; the first is logged",
                () -> {
                    EventStore store = processor.store().getNow(null);
                    return store == null ? 0 : store.unreadable();
                });
        to.gauge(
                "processing_lag_seconds",
                "Time from intake to store of the newest stored event; 0 if nothing waits",
                () -> outcomes.lag().toMillis() / 1000.0);
    }

    private void waiting() {
        to.gauge("requests_waiting", "Requests waiting to be processed", processor::backlog);
        to.gauge(
                "requests_aside",
                "Requests with events that wait for a schema that cannot be looked up",
                processor::aside);
        to.gauge(
                "processing",
                "1 while events are processed, 0 while processing is blocked",
                () -> processor.trouble() == null ? 1 : 0);
    }

    private void ids() {
        id("event_ids", "Event ids in the on-disk index used for deduplication", IdIndex.Sizes::entries);
        id("event_ids_bytes", "Total size of that index's files", IdIndex.Sizes::fileBytes);
        id("event_ids_filter_bytes", "Off-heap memory of its filters", IdIndex.Sizes::filterBytes);
        id(
                "event_ids_files_without_filter",
                "Its files whose filter does not fit in memory; each costs one disk read per event",
                ids -> ids.runs() - ids.runsWithFilter());
    }

    private void id(String name, String help, ToDoubleFunction<IdIndex.Sizes> value) {
        to.gauge(name, help, () -> value.applyAsDouble(processor.eventIds()));
    }

    private void lost() {
        Losses losses = processor.losses();
        to.counter(
                "lost_requests",
                "Minimum number of accepted requests lost with damaged spool files; found since the start",
                losses::requests);
        to.counter(
                "lost_events",
                "Minimum number of stored events lost with the store's files; found since the start",
                losses::events);
        to.counter(
                "lost_spool_bytes",
                "Maximum number of damaged, truncated or missing bytes of the spool; found since the start",
                losses::bytes);
        to.counter("damaged_files", "Damaged or missing spool files; found since the start", losses::files);
    }

    private void removed() {
        Retainer retainer = processor.retainer();
        to.counter("removed", "Removed events, by the limit that they exceeded", "reason", all -> {
            removed(all, "age", retainer.old());
            removed(all, "size", retainer.surplus());
        });
        to.counter("requests_removed", "Requests of failed events removed because of their age", retainer::requests);
        to.gauge(
                "removal_paused",
                "1 while removal by age is paused because the clock jumped",
                () -> retainer.isPaused() ? 1 : 0);
    }

    private void sink() {
        SinkFollower sink = processor.sink();
        if (sink == null) {
            return;
        }
        to.gauge(
                "lake_up",
                "1 while the lake is open, 0 if it cannot be read or written",
                () -> sink.trouble() == null ? 1 : 0);
        to.gauge("lake_place", "Number of the last event that is in the lake", sink::place);
        to.gauge("lake_behind", "Event numbers that are stored and not in the lake", sink::behind);
        to.gauge(
                "lake_last_commit_seconds",
                "Time of the last commit, in seconds since 1970; NaN before the first",
                () -> {
                    Instant last = sink.lastCommit();
                    return last == null ? Double.NaN : last.toEpochMilli() / 1000.0;
                });
        to.counter(
                "lake_failures",
                "Attempts to open or write the lake that failed; the reason is logged",
                sink::failures);
        to.counter(
                "lake_missed",
                "Events removed from the store before they were in the lake, after it was away for 7 days",
                sink::missed);
        SinkMaintainer maintainer = sink.maintainer();
        if (maintainer != null) {
            maintenance(maintainer);
        }
    }

    private void maintenance(SinkMaintainer maintainer) {
        to.counter(
                "lake_maintenance_failures",
                "Rounds that look after the lake's files and failed; the reason is logged",
                maintainer::failures);
        to.gauge(
                "lake_maintenance_last_seconds",
                "Time of the last round that looked after the lake's files, in seconds since 1970; NaN before the first",
                () -> {
                    Instant last = maintainer.lastRound();
                    return last == null ? Double.NaN : last.toEpochMilli() / 1000.0;
                });
        to.counter("lake_merged_files", "Small files of the lake that were replaced by fewer", maintainer::merged);
        to.gauge(
                "lake_forget_waiting",
                "Requests to forget persons that the lake has not carried out yet",
                maintainer::waitingForgets);
    }

    private static void removed(CounterWithCallback.Callback all, String reason, long events) {
        all.call((double) events, reason);
    }
}
