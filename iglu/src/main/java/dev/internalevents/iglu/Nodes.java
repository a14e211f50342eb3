package dev.internalevents.iglu;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.DecimalNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Converts trees of {@link dev.internalevents.protocol.Json} to those of the validation library. */
final class Nodes {

    private static final JsonNodeFactory FACTORY = JsonNodeFactory.instance;

    private Nodes() {}

    static JsonNode of(@Nullable Object json) {
        if (json instanceof String text) {
            return FACTORY.stringNode(text);
        } else if (json instanceof Map<?, ?> object) {
            ObjectNode node = FACTORY.objectNode();
            object.forEach((name, value) -> node.set((String) name, of(value)));
            return node;
        } else if (json instanceof List<?> list) {
            ArrayNode node = FACTORY.arrayNode(list.size());
            list.forEach(item -> node.add(of(item)));
            return node;
        } else if (json instanceof Long number) {
            return number == number.intValue() ? FACTORY.numberNode(number.intValue()) : FACTORY.numberNode(number);
        } else if (json instanceof BigInteger number) {
            return FACTORY.numberNode(number);
        } else if (json instanceof BigDecimal number) {
            return isLong(number.doubleValue()) ? FACTORY.numberNode(number) : new LargeNumber(number);
        } else if (json instanceof Double number) {
            return isLong(number) || !Double.isFinite(number)
                    ? FACTORY.numberNode(number)
                    : new LargeNumber(BigDecimal.valueOf(number));
        }
        return json instanceof Boolean flag ? FACTORY.booleanNode(flag) : FACTORY.nullNode();
    }

    private static boolean isLong(double number) {
        return Math.abs(number) < Long.MAX_VALUE;
    }

    /**
     * A number too large for a {@code long}; the validator would fail when comparing it with limits as a {@code long}.
     */
    private static final class LargeNumber extends DecimalNode {

        private static final long serialVersionUID = 1;

        private LargeNumber(BigDecimal number) {
            super(number);
        }

        @Override
        public boolean inLongRange() {
            return true;
        }

        @Override
        public long _asLongValueUnchecked() {
            return _value.signum() < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
        }
    }
}
