package dev.internalevents.client;

import java.util.Set;

/** A catalog of events about AI and of events that feed a metric; as an interceptor, it changes nothing. */
record TestCatalog(Set<String> aboutAi, Set<String> fedToMetrics) implements EventInterceptor, EventCatalog {

    @Override
    public AdditionalProperties intercept(EventDetails event) {
        return event.properties();
    }

    @Override
    public boolean isAboutAi(String eventName) {
        return aboutAi.contains(eventName);
    }

    @Override
    public boolean feedsMetric(String eventName) {
        return fedToMetrics.contains(eventName);
    }
}
