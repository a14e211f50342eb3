package dev.internalevents.gateway.v1;

import static dev.internalevents.junit.InternalEventsAssertions.assertThatCode;

import dev.internalevents.client.EventContext;
import dev.internalevents.client.InternalEventsClient;
import dev.internalevents.client.Scope;
import dev.internalevents.junit.InternalEventsTest;
import org.junit.jupiter.api.Test;

/** Checks what the endpoint tracks, against the service's own definitions. */
@InternalEventsTest
class AwesomeFeatureTest {

    @Test
    void each_question_is_tracked_and_counted(InternalEventsClient internalEvents) {
        AwesomeFeature feature = new AwesomeFeature(internalEvents);
        EventContext request = EventContext.builder().userId(42L).build();

        try (Scope scope = request.makeCurrent()) {
            assertThatCode(feature::awesomeFeature)
                    .triggersInternalEvent("request_awesome_feature")
                    .withUser(42)
                    .once()
                    .andIncrementsMetric("counts.count_total_request_awesome_feature")
                    .andIncrementsMetric(
                            "redis_hll_counters.count_distinct_user_id_from_request_awesome_feature_weekly")
                    .by(1);
        }
    }
}
