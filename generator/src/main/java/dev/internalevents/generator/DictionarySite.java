package dev.internalevents.generator;

import dev.internalevents.definitions.Dictionary;
import dev.internalevents.definitions.EventDefinition;
import dev.internalevents.definitions.MetricDefinition;
import dev.internalevents.definitions.SelectionRule;
import dev.internalevents.definitions.Status;
import dev.internalevents.definitions.Term;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Generates a static HTML site of the dictionary that needs no server: events and metrics with their owners, the
 * metrics that each event feeds, and how to track and test it.
 */
public final class DictionarySite {

    private static final String STYLE = """
            :root{color-scheme:light dark;--soft:light-dark(#62627a,#a2a2b8);--line:light-dark(#e4e4ee,#2e2e3f);--code:light-dark(#f4f4f9,#22222f);--accent:light-dark(#4c43d6,#a59dff)}
            *{box-sizing:border-box}body{font:15px/1.5 system-ui,sans-serif;max-width:1000px;margin:0 auto;padding:16px 20px 60px;color:light-dark(#1b1b2b,#ececf4);background:light-dark(#fff,#14141c)}h1{overflow-wrap:anywhere}
            nav{display:flex;gap:16px;border-bottom:1px solid var(--line);padding-bottom:10px;margin-bottom:18px}
            a{color:var(--accent)}table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:6px 10px;border-bottom:1px solid var(--line);vertical-align:top;overflow-wrap:anywhere}
            th{color:var(--soft);font-size:13px}code,pre{background:var(--code);border-radius:5px;padding:1px 5px}pre{padding:12px 16px;overflow:auto}
            .soft{color:var(--soft)}.removed td{color:var(--soft)}dl{display:grid;grid-template-columns:fit-content(45%) minmax(0,1fr);gap:4px 18px}li,dt{overflow-wrap:anywhere}table{table-layout:fixed}dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}
            """;

    private static final Pattern UNSAFE = Pattern.compile("[^A-Za-z0-9_]");

    private final Dictionary dictionary;
    private final Map<String, String> files = new TreeMap<>();

    private DictionarySite(Dictionary dictionary) {
        this.dictionary = dictionary;
    }

    /**
     * Writes the site; its first page is {@code index.html}.
     *
     * @return the number of pages
     * @throws IOException if a file cannot be written
     */
    public static int write(Dictionary dictionary, Path folder) throws IOException {
        DictionarySite site = new DictionarySite(dictionary);
        site.index();
        site.metrics();
        dictionary.allEvents().forEach(site::event);
        return GeneratedFiles.write(folder, site.files).files();
    }

    private void index() {
        StringBuilder rows = new StringBuilder();
        for (EventDefinition event : dictionary.allEvents()) {
            rows.append("<tr")
                    .append(event.removed() ? " class=removed" : "")
                    .append("><td><a href=\"")
                    .append(escape(page(event)))
                    .append("\">")
                    .append(escape(event.action()))
                    .append("</a>")
                    .append(isAlone(event) ? "" : " <span class=soft>" + escape(category(event)) + "</span>")
                    .append("</td><td>")
                    .append(escape(event.description()))
                    .append("</td><td>")
                    .append(escape(event.productGroup().orElse("")))
                    .append("</td></tr>\n");
        }
        page(
                "index.html",
                "Events",
                "",
                "<h1>Events</h1>\n<table><tr><th scope=col>Event<th scope=col>What happened<th scope=col>Owner</tr>\n"
                        + rows + "</table>");
    }

    private void metrics() {
        StringBuilder rows = new StringBuilder();
        for (MetricDefinition metric : dictionary.metrics()) {
            rows.append("<tr id=\"")
                    .append(escape(anchor(metric)))
                    .append('"')
                    .append(metric.status() == Status.REMOVED ? " class=removed" : "")
                    .append("><td>")
                    .append(metric.keyPaths().keySet().stream()
                            .map(DictionarySite::escape)
                            .collect(Collectors.joining("<br>")))
                    .append("</td><td>")
                    .append(escape(metric.description()))
                    .append("<br><span class=soft>")
                    .append(rules(metric))
                    .append("</span></td><td>")
                    .append(escape(metric.productGroup().orElse("")))
                    .append("</td></tr>\n");
        }
        page(
                "metrics.html",
                "Metrics",
                "",
                "<h1>Metrics</h1>\n<table><tr><th scope=col>Key path<th scope=col>What it counts<th scope=col>Owner</tr>\n"
                        + rows + "</table>");
    }

    private static String rules(MetricDefinition metric) {
        if (metric.rules().isEmpty()) {
            return "from " + escape(metric.dataSource().term());
        }
        return metric.rules().stream().map(DictionarySite::rule).collect(Collectors.joining("<br>"));
    }

    private static String rule(SelectionRule rule) {
        return escape(rule.measure().describe()) + " of <a href=\"events/" + escape(rule.event()) + ".html\">"
                + escape(rule.event()) + "</a>"
                + (rule.filter().isEmpty() ? "" : " where " + escape(rule.filterText()));
    }

    private void event(EventDefinition event) {
        StringBuilder body = new StringBuilder();
        body.append("<h1>")
                .append(escape(event.action()))
                .append(event.removed() ? " <small>removed</small>" : "")
                .append("</h1>\n");
        body.append("<p>").append(escape(event.description())).append("</p>\n<dl>");
        event.category().ifPresent(category -> entry(body, "Category", category));
        entry(body, "Owner", event.productGroup().orElse("—"));
        entry(body, "Identifiers", terms(event.identifiers()));
        entry(body, "Tiers", terms(event.tiers()));
        entry(body, "Since", event.milestone().orElse("—"));
        entry(body, "File", event.source().file());
        event.additionalProperties().forEach((name, description) -> entry(body, name, description));
        body.append("</dl>\n<h2>Metrics</h2>\n<ul>");
        for (MetricDefinition metric : dictionary.metricsCounting(event.action())) {
            metric.keyPaths()
                    .keySet()
                    .forEach(path -> body.append("<li><a href=\"../metrics.html#")
                            .append(escape(anchor(metric)))
                            .append("\">")
                            .append(escape(path))
                            .append("</a> <span class=soft>")
                            .append(escape(metric.description()))
                            .append("</span></li>\n"));
        }
        body.append("</ul>\n");
        if (!event.removed()) {
            body.append("<h2>Track it</h2>\n<pre tabindex=0>")
                    .append(escape(UsageExamples.track(event)))
                    .append("</pre>\n");
            body.append("<h2>Test it</h2>\n<pre tabindex=0>")
                    .append(escape(UsageExamples.test(event)))
                    .append("</pre>\n");
            body.append("<h2>Send one by hand</h2>\n<pre tabindex=0>")
                    .append(escape("internal-events send " + event.action()))
                    .append("</pre>\n");
        }
        page(page(event), event.action(), "../", body.toString());
    }

    /**
     * Returns the page of an event. The event that code refers to gets the page named after the action; for older
     * events with the same action the name includes the category.
     */
    private String page(EventDefinition event) {
        return "events/" + event.action() + (isAlone(event) ? "" : "-" + slug(category(event))) + ".html";
    }

    private boolean isAlone(EventDefinition event) {
        return dictionary.event(event.action()).filter(event::equals).isPresent();
    }

    private static String category(EventDefinition event) {
        return event.category().orElse("no category");
    }

    /** Converts a text into a part of a file name; different texts have different results. */
    private static String slug(String text) {
        return UNSAFE.matcher(text)
                .replaceAll(other -> "-" + Integer.toHexString(other.group().codePointAt(0)));
    }

    /** Returns a unique anchor: metrics with different time frames may have the same key path in their files. */
    private static String anchor(MetricDefinition metric) {
        return metric.keyPaths().keySet().stream().findFirst().orElse(metric.keyPath());
    }

    private static void entry(StringBuilder body, String name, String text) {
        body.append("<dt>")
                .append(escape(name))
                .append("<dd>")
                .append(escape(text))
                .append('\n');
    }

    private static String terms(Collection<? extends Term> terms) {
        return terms.isEmpty() ? "none" : terms.stream().map(Term::term).collect(Collectors.joining(", "));
    }

    private void page(String file, String title, String root, String body) {
        files.put(
                file,
                "<!doctype html>\n<html lang=en><meta charset=utf-8>"
                        + "<meta name=viewport content=\"width=device-width,initial-scale=1\"><title>" + escape(title)
                        + " · Event dictionary</title>\n<style>" + STYLE
                        + "</style>\n<nav><b>Event dictionary</b> <a href=\"" + root
                        + "index.html\">Events</a> <a href=\"" + root + "metrics.html\">Metrics</a></nav>\n<main>\n"
                        + body
                        + "\n</main>\n</html>\n");
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }
}
