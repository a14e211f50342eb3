package dev.internalevents.migration;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EventNameTest {

    @ParameterizedTest
    @CsvSource({
        "Order Completed, order_completed",
        "order_completed, order_completed",
        "orderCompleted, order_completed",
        "OrderCompleted, order_completed",
        "HTMLExport, html_export",
        "Export HTML, export_html",
        "  [Cart] item-added!, cart_item_added",
        "Step2Done, step2_done",
        "Übersicht Geöffnet, übersicht_geöffnet",
        "?, ''",
    })
    void names_are_in_snake_case(String name, String expected) {
        assertThat(EventName.snakeCase(name)).isEqualTo(expected);
    }
}
