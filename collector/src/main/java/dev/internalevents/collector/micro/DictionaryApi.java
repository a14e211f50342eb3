package dev.internalevents.collector.micro;

import dev.internalevents.collector.http.Answers;
import dev.internalevents.collector.processing.StoredCounts;
import dev.internalevents.collector.query.StoreQueries;
import dev.internalevents.definitions.Dictionary;
import dev.internalevents.definitions.EventDefinition;
import dev.internalevents.definitions.MetricDefinition;
import dev.internalevents.definitions.SelectionRule;
import dev.internalevents.definitions.Term;
import dev.internalevents.metrics.MetricValue;
import io.vertx.core.http.HttpServerRequest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Answers with the event and metric definitions ({@code /micro/definitions}), the current values of the metrics
 * ({@code /micro/metrics}), and the Service Ping ({@code /micro/service-ping}).
 */
public final class DictionaryApi {

    private final StoreQueries queries;
    private final @Nullable StoredCounts counts;

    public DictionaryApi(StoreQueries queries, @Nullable StoredCounts counts) {
        this.queries = queries;
        this.counts = counts;
    }

    /** Answers with the values of all metrics, or of those to which one event contributes. */
    public void metrics(HttpServerRequest request) {
        String event = request.getParam("event");
        queries.ask(
                request,
                store -> counts == null
                        ? List.<MetricValue>of()
                        : event == null
                                ? counts.metrics().values()
                                : counts.metrics().valuesOf(event),
                (to, values) -> Answers.json(
                        to,
                        Map.of(
                                "defined",
                                counts != null,
                                "metrics",
                                values.stream().map(DictionaryApi::value).toList())));
    }

    public void definitions(HttpServerRequest request) {
        Dictionary dictionary = counts == null ? Dictionary.EMPTY : counts.dictionary();
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("defined", counts != null);
        answer.put("files_left_out", List.copyOf(dictionary.filesLeftOut()));
        answer.put(
                "events",
                dictionary.allEvents().stream()
                        .map(event -> event(event, dictionary))
                        .toList());
        answer.put(
                "metrics",
                dictionary.metrics().stream().map(DictionaryApi::metric).toList());
        Answers.json(request, answer);
    }

    /** Answers with the Service Ping as it would be sent now. */
    public void servicePing(HttpServerRequest request) {
        if (counts == null) {
            Answers.error(request, 404, "there are no definitions; start the collector with --definitions DIR");
            return;
        }
        queries.ask(request, store -> counts.servicePing().document(), Answers::json);
    }

    private static Map<String, Object> value(MetricValue value) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("key_path", value.keyPath());
        json.put("description", value.definition().description());
        json.put("product_group", value.definition().productGroup().orElse(""));
        json.put("time_frame", value.timeFrame().term());
        json.put("measure", value.definition().rules().get(0).measure().describe());
        json.put(
                "events",
                value.definition().rules().stream()
                        .map(SelectionRule::event)
                        .distinct()
                        .toList());
        json.put("value", value.json());
        json.put("current", value.currentJson());
        value.error().or(value::currentError).ifPresent(error -> json.put("error", error));
        return json;
    }

    private static Map<String, Object> event(EventDefinition event, Dictionary dictionary) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("action", event.action());
        json.put("description", event.description());
        json.put("status", event.status().term());
        json.put("internal_events", event.internal());
        json.put("identifiers", event.identifiers().stream().map(Term::term).toList());
        json.put("additional_properties", event.additionalProperties());
        json.put("product_group", event.productGroup().orElse(""));
        json.put("tiers", event.tiers().stream().map(Term::term).toList());
        json.put("file", event.source().file());
        json.put(
                "metrics",
                dictionary.metricsCounting(event.action()).stream()
                        .flatMap(metric -> metric.keyPaths().keySet().stream())
                        .toList());
        return json;
    }

    private static Map<String, Object> metric(MetricDefinition metric) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("key_path", metric.keyPath());
        json.put("description", metric.description());
        json.put("status", metric.status().term());
        json.put("data_source", metric.dataSource().term());
        json.put("time_frames", metric.timeFrames().stream().map(Term::term).toList());
        json.put("product_group", metric.productGroup().orElse(""));
        json.put("tiers", metric.tiers().stream().map(Term::term).toList());
        json.put("file", metric.source().file());
        json.put("rules", metric.rules().stream().map(DictionaryApi::rule).toList());
        return json;
    }

    private static Map<String, Object> rule(SelectionRule rule) {
        return Map.of(
                "event", rule.event(),
                "measure", rule.measure().describe(),
                "filter", rule.filterText());
    }
}
