package dev.internalevents.gateway;

import dev.internalevents.definitions.read.DefinitionFiles;
import static org.assertj.core.api.Assertions.assertThat;

import dev.internalevents.definitions.Dictionary;
import dev.internalevents.gateway.tracking.UnitPrimitive;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** An event without a definition is dropped, so each event that the gateway may track needs one. */
class GatewayDefinitionsTest {

    private final Dictionary dictionary = DefinitionFiles.load(Path.of("src/main/resources/internal-events"));

    @Test
    void every_unit_primitive_has_its_events() {
        List<String> needed = new ArrayList<>(List.of("request_awesome_feature", "usage_billing_event"));
        for (UnitPrimitive unitPrimitive : UnitPrimitive.values()) {
            needed.add(unitPrimitive.requestEvent());
            if (!UnitPrimitive.CONTEXTS.contains(unitPrimitive)) {
                needed.add(unitPrimitive.tokenEvent());
            }
        }
        assertThat(dictionary.events()).extracting(event -> event.action()).containsExactlyInAnyOrderElementsOf(needed);
    }
}
