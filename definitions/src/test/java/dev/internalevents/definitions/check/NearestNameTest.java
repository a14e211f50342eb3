package dev.internalevents.definitions.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NearestNameTest {

    /** One mistake is allowed in a name of up to five letters, and one more for every three letters from six on. */
    @ParameterizedTest
    @CsvSource({
        "label, label, true",
        "label, LABEL, true",
        "label, labe, true",
        "label, abel, true",
        "label, labels, true",
        "label, xlabel, true",
        "label, libel, true",
        "label, albel, true",
        "label, lable, true",
        "label, lbl, false",
        "label, lab, false",
        "label, xlabe, false",
        "label, abelx, false",
        "label, albeel, true",
        "label, lablexx, false",
        "label, l, false",
        "label, '', false",
        "request_sent, request_sent, true",
        "request_sent, rqeuset_setn, true",
        "request_sent, equest_sent_xx, true",
        "request_sent, xxxxest_sent, true",
        "request_sent, xxxxxst_sent, false",
        "request_sent, request_sent_xxxx, true",
        "request_sent, request_sent_xxxxxx, false"
    })
    void a_letter_may_be_missing_added_replaced_or_swapped_and_several_in_a_long_name(
            String name, String wrong, boolean found) {
        assertThat(NearestName.of(wrong, List.of(name)).isPresent()).isEqualTo(found);
    }

    @Test
    void the_name_with_the_fewest_mistakes_is_meant_and_the_first_of_several() {
        assertThat(NearestName.of("request_sent", List.of("request_bent", "Request_Sent", "request_sent_")))
                .contains("Request_Sent");
        assertThat(NearestName.of("request_sent", List.of("other", "request_rent", "request_bent")))
                .contains("request_rent");
        assertThat(NearestName.of("request_sent", List.of())).isEmpty();
    }

    @Test
    void a_hint_is_the_end_of_a_message_or_empty() {
        assertThat(NearestName.hint("lable", List.of("label"))).isEqualTo("; did you mean \"label\"?");
        assertThat(NearestName.hint("other", List.of("label"))).isEmpty();
    }
}
