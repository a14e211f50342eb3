package dev.internalevents.pipeline;

import static dev.internalevents.pipeline.AtomicType.ADDRESS;
import static dev.internalevents.pipeline.AtomicType.BOOLEAN;
import static dev.internalevents.pipeline.AtomicType.DECIMAL;
import static dev.internalevents.pipeline.AtomicType.DIMENSIONS;
import static dev.internalevents.pipeline.AtomicType.EVENT;
import static dev.internalevents.pipeline.AtomicType.INTEGER;
import static dev.internalevents.pipeline.AtomicType.PLATFORM;
import static dev.internalevents.pipeline.AtomicType.TEXT;
import static dev.internalevents.pipeline.AtomicType.TIMESTAMP;
import static dev.internalevents.pipeline.AtomicType.UUID;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The atomic fields, in the order of the atomic schema: the type and the maximum length of each, and the parameters of
 * the tracker protocol that set it. Sources: the Snowplow tracker protocol and the schema
 * {@code atomic/jsonschema/1-0-0} of Iglu Central; the limits for URLs and click ids are the longer defaults of
 * Snowplow's enrich.
 */
public final class AtomicFields {

    /** Longer than in the atomic schema; the default of Snowplow's enrich. */
    private static final int MAX_ADDRESS = 10_000;

    /** The length is limited by the type, or not at all. */
    private static final int UNLIMITED = Integer.MAX_VALUE;

    private static final List<Field> FIELDS = List.of(
            sent("app_id", TEXT, 255, "aid"),
            sent("platform", PLATFORM, 255, "p"),
            computed("etl_tstamp", Instant.class),
            computed("collector_tstamp", Instant.class),
            sent("dvce_created_tstamp", TIMESTAMP, "dtm"),
            sent("event", EVENT, 128, "e"),
            sent("event_id", UUID, 36, "eid"),
            sent("txn_id", INTEGER, "tid"),
            sent("name_tracker", TEXT, 128, "tna"),
            sent("v_tracker", TEXT, 100, "tv"),
            computed("v_collector"),
            computed("v_etl"),
            sent("user_id", TEXT, 255, "uid"),
            sent("user_ipaddress", ADDRESS, 128, "ip"),
            sent("user_fingerprint", TEXT, 128, "fp"),
            sent("domain_userid", TEXT, 128, "duid"),
            sent("domain_sessionidx", INTEGER, "vid"),
            sent("network_userid", TEXT, 128, "tnuid", "nuid"),
            computed("geo_country"),
            computed("geo_region"),
            computed("geo_city"),
            computed("geo_zipcode"),
            computed("geo_latitude", Double.class),
            computed("geo_longitude", Double.class),
            computed("geo_region_name"),
            computed("ip_isp"),
            computed("ip_organization"),
            computed("ip_domain"),
            computed("ip_netspeed"),
            sent("page_url", TEXT, MAX_ADDRESS, "url"),
            sent("page_title", TEXT, 2_000, "page"),
            sent("page_referrer", TEXT, MAX_ADDRESS, "refr"),
            computed("page_urlscheme", 16),
            computed("page_urlhost", 255),
            computed("page_urlport", Long.class),
            computed("page_urlpath", 3_000),
            computed("page_urlquery", 6_000),
            computed("page_urlfragment", 3_000),
            computed("refr_urlscheme", 16),
            computed("refr_urlhost", 255),
            computed("refr_urlport", Long.class),
            computed("refr_urlpath", 6_000),
            computed("refr_urlquery", 6_000),
            computed("refr_urlfragment", 3_000),
            computed("refr_medium"),
            computed("refr_source"),
            computed("refr_term"),
            computed("mkt_medium", 255),
            computed("mkt_source", 255),
            computed("mkt_term", 255),
            computed("mkt_content", 500),
            computed("mkt_campaign", 255),
            sent("se_category", TEXT, 1_000, "se_ca", "ev_ca"),
            sent("se_action", TEXT, 1_000, "se_ac", "ev_ac"),
            sent("se_label", TEXT, 4_096, "se_la", "ev_la"),
            sent("se_property", TEXT, 1_000, "se_pr", "ev_pr"),
            sent("se_value", DECIMAL, "se_va", "ev_va"),
            sent("tr_orderid", TEXT, 255, "tr_id"),
            sent("tr_affiliation", TEXT, 255, "tr_af"),
            sent("tr_total", DECIMAL, "tr_tt"),
            sent("tr_tax", DECIMAL, "tr_tx"),
            sent("tr_shipping", DECIMAL, "tr_sh"),
            sent("tr_city", TEXT, 255, "tr_ci"),
            sent("tr_state", TEXT, 255, "tr_st"),
            sent("tr_country", TEXT, 255, "tr_co"),
            sent("ti_orderid", TEXT, 255, "ti_id"),
            sent("ti_sku", TEXT, 255, "ti_sk"),
            lastSent("ti_name", TEXT, 255, "ti_nm", "ti_na"),
            sent("ti_category", TEXT, 255, "ti_ca"),
            sent("ti_price", DECIMAL, "ti_pr"),
            sent("ti_quantity", INTEGER, "ti_qu"),
            sent("pp_xoffset_min", INTEGER, "pp_mix"),
            sent("pp_xoffset_max", INTEGER, "pp_max"),
            sent("pp_yoffset_min", INTEGER, "pp_miy"),
            sent("pp_yoffset_max", INTEGER, "pp_may"),
            sent("useragent", TEXT, 1_000, "ua"),
            computed("br_name"),
            computed("br_family"),
            computed("br_version"),
            computed("br_type"),
            computed("br_renderengine"),
            sent("br_lang", TEXT, 255, "lang"),
            sent("br_features_pdf", BOOLEAN, "f_pdf"),
            sent("br_features_flash", BOOLEAN, "f_fla"),
            sent("br_features_java", BOOLEAN, "f_java"),
            sent("br_features_director", BOOLEAN, "f_dir"),
            sent("br_features_quicktime", BOOLEAN, "f_qt"),
            sent("br_features_realplayer", BOOLEAN, "f_realp"),
            sent("br_features_windowsmedia", BOOLEAN, "f_wma"),
            sent("br_features_gears", BOOLEAN, "f_gears"),
            sent("br_features_silverlight", BOOLEAN, "f_ag"),
            sent("br_cookies", BOOLEAN, "cookie"),
            sent("br_colordepth", TEXT, 12, "cd"),
            size("br_viewwidth", "vp"),
            size("br_viewheight", "vp"),
            computed("os_name"),
            computed("os_family"),
            computed("os_manufacturer"),
            sent("os_timezone", TEXT, 255, "tz"),
            computed("dvce_type"),
            computed("dvce_ismobile", Boolean.class),
            size("dvce_screenwidth", "res"),
            size("dvce_screenheight", "res"),
            sent("doc_charset", TEXT, 128, "cs"),
            size("doc_width", "ds"),
            size("doc_height", "ds"),
            sent("tr_currency", TEXT, 3, "tr_cu"),
            computed("tr_total_base", BigDecimal.class),
            computed("tr_tax_base", BigDecimal.class),
            computed("tr_shipping_base", BigDecimal.class),
            sent("ti_currency", TEXT, 3, "ti_cu"),
            computed("ti_price_base", BigDecimal.class),
            computed("base_currency"),
            computed("geo_timezone"),
            computed("mkt_clickid", 1_000),
            computed("mkt_network"),
            computed("etl_tags"),
            sent("dvce_sent_tstamp", TIMESTAMP, "stm"),
            computed("refr_domain_userid", 128),
            computed("refr_dvce_tstamp", Instant.class),
            sent("domain_sessionid", UUID, 36, "sid"),
            computed("derived_tstamp", Instant.class),
            computed("event_vendor", 1_000),
            computed("event_name", 1_000),
            computed("event_format"),
            computed("event_version"),
            computed("event_fingerprint"),
            sent("true_tstamp", TIMESTAMP, "ttm"));

    /** Every atomic field, in the order of the atomic schema. */
    public static final List<String> NAMES = FIELDS.stream().map(Field::name).toList();

    static final Map<String, Integer> ORDINALS = ordinals();

    /** The rules that map parameters to fields; an absent or empty parameter sets no field. */
    static final List<Rule> RULES = rules();

    /** The rules by parameter name. */
    static final Map<String, Rule> BY_PARAMETER = byParameter();

    /** The ordinals of the text fields, by the name of each parameter that may set them as it is. */
    static final Map<String, Integer> BY_TEXT_PARAMETER = byTextParameter();

    /** The maximum lengths of the fields, wherever their values are from. */
    static final List<Length> LENGTHS = IntStream.range(0, FIELDS.size())
            .filter(ordinal -> FIELDS.get(ordinal).maxLength() != UNLIMITED)
            .mapToObj(ordinal ->
                    new Length(ordinal, NAMES.get(ordinal), FIELDS.get(ordinal).maxLength()))
            .toList();

    private AtomicFields() {}

    /**
     * Returns the type of a field's values: {@code String}, {@code Long}, {@code BigDecimal}, {@code Double},
     * {@code Boolean} or {@code Instant}.
     *
     * @throws IllegalArgumentException if there is no such field
     */
    public static Class<?> typeOf(String field) {
        Integer ordinal = ORDINALS.get(field);
        if (ordinal == null) {
            throw new IllegalArgumentException("\"" + field + "\" is not an atomic field");
        }
        return FIELDS.get(ordinal).valueType();
    }

    static Class<?> typeOf(int ordinal) {
        return FIELDS.get(ordinal).valueType();
    }

    /**
     * Maps one parameter to one atomic field.
     *
     * @param parameter the name on the wire
     * @param field the atomic field; for {@code WIDTHxHEIGHT}, the common prefix of the two fields that end in
     *     {@code width} and {@code height}
     * @param type how the text is parsed
     * @param maxLength in characters; {@link Integer#MAX_VALUE} if the type sets the limit
     * @param overruledBy the parameter for the same field that takes precedence if both were sent; null for none
     */
    record Rule(
            String parameter,
            String field,
            AtomicType type,
            int maxLength,
            @Nullable String overruledBy) {}

    /** The maximum length of a field, in characters. */
    record Length(int ordinal, String field, int most) {}

    /** One line of the table. */
    private record Field(String name, Class<?> valueType, int maxLength, List<Rule> rules) {}

    /** A field that parameters set. If several are sent, the first of this list takes precedence. */
    private static Field sent(String name, AtomicType type, int maxLength, String... parameters) {
        List<Rule> rules = new ArrayList<>();
        for (String parameter : parameters) {
            rules.add(new Rule(parameter, name, type, maxLength, rules.isEmpty() ? null : parameters[0]));
        }
        return new Field(name, type.valueType(), maxLength, rules);
    }

    private static Field sent(String name, AtomicType type, String... parameters) {
        return sent(name, type, UNLIMITED, parameters);
    }

    /** A field that two parameters set. If both are sent, the later one in the request takes precedence. */
    private static Field lastSent(String name, AtomicType type, int maxLength, String one, String other) {
        return new Field(
                name,
                type.valueType(),
                maxLength,
                List.of(new Rule(one, name, type, maxLength, null), new Rule(other, name, type, maxLength, null)));
    }

    /** The width or the height of a parameter {@code WIDTHxHEIGHT}. */
    private static Field size(String name, String parameter) {
        String prefix = name.substring(0, name.length() - (name.endsWith("width") ? "width" : "height").length());
        return new Field(
                name,
                DIMENSIONS.valueType(),
                UNLIMITED,
                List.of(new Rule(parameter, prefix, DIMENSIONS, UNLIMITED, null)));
    }

    /** A field that no parameter sets: the request or another field does, or it stays empty. */
    private static Field computed(String name, Class<?> valueType) {
        return new Field(name, valueType, UNLIMITED, List.of());
    }

    private static Field computed(String name) {
        return computed(name, String.class);
    }

    private static Field computed(String name, int maxLength) {
        return new Field(name, String.class, maxLength, List.of());
    }

    private static Map<String, Integer> ordinals() {
        Map<String, Integer> ordinals = new HashMap<>();
        NAMES.forEach(name -> ordinals.put(name, ordinals.size()));
        return Collections.unmodifiableMap(ordinals);
    }

    private static List<Rule> rules() {
        return FIELDS.stream()
                .flatMap(field -> field.rules().stream())
                .distinct()
                .toList();
    }

    private static Map<String, Rule> byParameter() {
        Map<String, Rule> byParameter = new HashMap<>();
        RULES.forEach(rule -> byParameter.put(rule.parameter(), rule));
        return byParameter;
    }

    private static Map<String, Integer> byTextParameter() {
        Map<String, Integer> ordinals = new HashMap<>();
        for (Rule rule : RULES) {
            if (rule.type().valueType() == String.class) {
                ordinals.put(rule.parameter(), ORDINALS.get(rule.field()));
            }
        }
        return ordinals;
    }
}
