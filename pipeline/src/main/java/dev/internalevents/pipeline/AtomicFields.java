package dev.internalevents.pipeline;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The atomic fields: their names in order, and the mapping from tracker protocol parameters to fields, with types and
 * maximum lengths. Sources: the Snowplow tracker protocol and the schema {@code atomic/jsonschema/1-0-0} of Iglu
 * Central; the limits for URLs and click ids are the longer defaults of Snowplow's enrich.
 */
public final class AtomicFields {

    private static final Set<String> DECIMALS = Set.of(
            "se_value",
            "tr_total",
            "tr_tax",
            "tr_shipping",
            "ti_price",
            "tr_total_base",
            "tr_tax_base",
            "tr_shipping_base",
            "ti_price_base");

    private static final Set<String> INTEGERS = Set.of(
            "txn_id",
            "domain_sessionidx",
            "page_urlport",
            "refr_urlport",
            "ti_quantity",
            "pp_xoffset_min",
            "pp_xoffset_max",
            "pp_yoffset_min",
            "pp_yoffset_max",
            "br_viewwidth",
            "br_viewheight",
            "dvce_screenwidth",
            "dvce_screenheight",
            "doc_width",
            "doc_height");

    /** Every atomic field, in the order of the atomic schema. */
    public static final List<String> NAMES = List.of(
            "app_id",
            "platform",
            "etl_tstamp",
            "collector_tstamp",
            "dvce_created_tstamp",
            "event",
            "event_id",
            "txn_id",
            "name_tracker",
            "v_tracker",
            "v_collector",
            "v_etl",
            "user_id",
            "user_ipaddress",
            "user_fingerprint",
            "domain_userid",
            "domain_sessionidx",
            "network_userid",
            "geo_country",
            "geo_region",
            "geo_city",
            "geo_zipcode",
            "geo_latitude",
            "geo_longitude",
            "geo_region_name",
            "ip_isp",
            "ip_organization",
            "ip_domain",
            "ip_netspeed",
            "page_url",
            "page_title",
            "page_referrer",
            "page_urlscheme",
            "page_urlhost",
            "page_urlport",
            "page_urlpath",
            "page_urlquery",
            "page_urlfragment",
            "refr_urlscheme",
            "refr_urlhost",
            "refr_urlport",
            "refr_urlpath",
            "refr_urlquery",
            "refr_urlfragment",
            "refr_medium",
            "refr_source",
            "refr_term",
            "mkt_medium",
            "mkt_source",
            "mkt_term",
            "mkt_content",
            "mkt_campaign",
            "se_category",
            "se_action",
            "se_label",
            "se_property",
            "se_value",
            "tr_orderid",
            "tr_affiliation",
            "tr_total",
            "tr_tax",
            "tr_shipping",
            "tr_city",
            "tr_state",
            "tr_country",
            "ti_orderid",
            "ti_sku",
            "ti_name",
            "ti_category",
            "ti_price",
            "ti_quantity",
            "pp_xoffset_min",
            "pp_xoffset_max",
            "pp_yoffset_min",
            "pp_yoffset_max",
            "useragent",
            "br_name",
            "br_family",
            "br_version",
            "br_type",
            "br_renderengine",
            "br_lang",
            "br_features_pdf",
            "br_features_flash",
            "br_features_java",
            "br_features_director",
            "br_features_quicktime",
            "br_features_realplayer",
            "br_features_windowsmedia",
            "br_features_gears",
            "br_features_silverlight",
            "br_cookies",
            "br_colordepth",
            "br_viewwidth",
            "br_viewheight",
            "os_name",
            "os_family",
            "os_manufacturer",
            "os_timezone",
            "dvce_type",
            "dvce_ismobile",
            "dvce_screenwidth",
            "dvce_screenheight",
            "doc_charset",
            "doc_width",
            "doc_height",
            "tr_currency",
            "tr_total_base",
            "tr_tax_base",
            "tr_shipping_base",
            "ti_currency",
            "ti_price_base",
            "base_currency",
            "geo_timezone",
            "mkt_clickid",
            "mkt_network",
            "etl_tags",
            "dvce_sent_tstamp",
            "refr_domain_userid",
            "refr_dvce_tstamp",
            "domain_sessionid",
            "derived_tstamp",
            "event_vendor",
            "event_name",
            "event_format",
            "event_version",
            "event_fingerprint",
            "true_tstamp");

    /** Longer than in the atomic schema; the default of Snowplow's enrich. */
    private static final int MAX_ADDRESS = 10_000;

    static final Map<String, Integer> ORDINALS = ordinals();

    /** The rules that map parameters to fields; an absent or empty parameter sets no field. */
    static final List<Rule> RULES = List.of(
            new Rule("e", "event", AtomicType.EVENT, 128),
            new Rule("eid", "event_id", AtomicType.UUID, 36),
            new Rule("aid", "app_id", AtomicType.TEXT, 255),
            new Rule("p", "platform", AtomicType.PLATFORM, 255),
            new Rule("dtm", "dvce_created_tstamp", AtomicType.TIMESTAMP),
            new Rule("stm", "dvce_sent_tstamp", AtomicType.TIMESTAMP),
            new Rule("ttm", "true_tstamp", AtomicType.TIMESTAMP),
            new Rule("tid", "txn_id", AtomicType.INTEGER),
            new Rule("tna", "name_tracker", AtomicType.TEXT, 128),
            new Rule("tv", "v_tracker", AtomicType.TEXT, 100),
            new Rule("uid", "user_id", AtomicType.TEXT, 255),
            new Rule("ip", "user_ipaddress", AtomicType.ADDRESS, 128),
            new Rule("fp", "user_fingerprint", AtomicType.TEXT, 128),
            new Rule("duid", "domain_userid", AtomicType.TEXT, 128),
            new Rule("vid", "domain_sessionidx", AtomicType.INTEGER),
            new Rule("sid", "domain_sessionid", AtomicType.UUID, 36),
            new Rule("nuid", "network_userid", AtomicType.TEXT, 128, "tnuid"),
            new Rule("tnuid", "network_userid", AtomicType.TEXT, 128),
            new Rule("url", "page_url", AtomicType.TEXT, MAX_ADDRESS),
            new Rule("page", "page_title", AtomicType.TEXT, 2000),
            new Rule("refr", "page_referrer", AtomicType.TEXT, MAX_ADDRESS),
            new Rule("se_ca", "se_category", AtomicType.TEXT, 1000),
            new Rule("se_ac", "se_action", AtomicType.TEXT, 1000),
            new Rule("se_la", "se_label", AtomicType.TEXT, 4096),
            new Rule("se_pr", "se_property", AtomicType.TEXT, 1000),
            new Rule("se_va", "se_value", AtomicType.DECIMAL),
            // Names used by old trackers.
            new Rule("ev_ca", "se_category", AtomicType.TEXT, 1000, "se_ca"),
            new Rule("ev_ac", "se_action", AtomicType.TEXT, 1000, "se_ac"),
            new Rule("ev_la", "se_label", AtomicType.TEXT, 4096, "se_la"),
            new Rule("ev_pr", "se_property", AtomicType.TEXT, 1000, "se_pr"),
            new Rule("ev_va", "se_value", AtomicType.DECIMAL, Integer.MAX_VALUE, "se_va"),
            new Rule("tr_id", "tr_orderid", AtomicType.TEXT, 255),
            new Rule("tr_af", "tr_affiliation", AtomicType.TEXT, 255),
            new Rule("tr_tt", "tr_total", AtomicType.DECIMAL),
            new Rule("tr_tx", "tr_tax", AtomicType.DECIMAL),
            new Rule("tr_sh", "tr_shipping", AtomicType.DECIMAL),
            new Rule("tr_ci", "tr_city", AtomicType.TEXT, 255),
            new Rule("tr_st", "tr_state", AtomicType.TEXT, 255),
            new Rule("tr_co", "tr_country", AtomicType.TEXT, 255),
            new Rule("tr_cu", "tr_currency", AtomicType.TEXT, 3),
            new Rule("ti_id", "ti_orderid", AtomicType.TEXT, 255),
            new Rule("ti_sk", "ti_sku", AtomicType.TEXT, 255),
            new Rule("ti_nm", "ti_name", AtomicType.TEXT, 255),
            new Rule("ti_na", "ti_name", AtomicType.TEXT, 255),
            new Rule("ti_ca", "ti_category", AtomicType.TEXT, 255),
            new Rule("ti_pr", "ti_price", AtomicType.DECIMAL),
            new Rule("ti_qu", "ti_quantity", AtomicType.INTEGER),
            new Rule("ti_cu", "ti_currency", AtomicType.TEXT, 3),
            new Rule("pp_mix", "pp_xoffset_min", AtomicType.INTEGER),
            new Rule("pp_max", "pp_xoffset_max", AtomicType.INTEGER),
            new Rule("pp_miy", "pp_yoffset_min", AtomicType.INTEGER),
            new Rule("pp_may", "pp_yoffset_max", AtomicType.INTEGER),
            new Rule("ua", "useragent", AtomicType.TEXT, 1000),
            new Rule("lang", "br_lang", AtomicType.TEXT, 255),
            new Rule("f_pdf", "br_features_pdf", AtomicType.BOOLEAN),
            new Rule("f_fla", "br_features_flash", AtomicType.BOOLEAN),
            new Rule("f_java", "br_features_java", AtomicType.BOOLEAN),
            new Rule("f_dir", "br_features_director", AtomicType.BOOLEAN),
            new Rule("f_qt", "br_features_quicktime", AtomicType.BOOLEAN),
            new Rule("f_realp", "br_features_realplayer", AtomicType.BOOLEAN),
            new Rule("f_wma", "br_features_windowsmedia", AtomicType.BOOLEAN),
            new Rule("f_gears", "br_features_gears", AtomicType.BOOLEAN),
            new Rule("f_ag", "br_features_silverlight", AtomicType.BOOLEAN),
            new Rule("cookie", "br_cookies", AtomicType.BOOLEAN),
            new Rule("cd", "br_colordepth", AtomicType.TEXT, 12),
            new Rule("vp", "br_view", AtomicType.DIMENSIONS),
            new Rule("tz", "os_timezone", AtomicType.TEXT, 255),
            new Rule("res", "dvce_screen", AtomicType.DIMENSIONS),
            new Rule("cs", "doc_charset", AtomicType.TEXT, 128),
            new Rule("ds", "doc_", AtomicType.DIMENSIONS));

    /** Maximum lengths of fields that are read from the request or computed. */
    static final Map<String, Integer> FURTHER_LENGTHS = Map.ofEntries(
            Map.entry("page_urlscheme", 16),
            Map.entry("page_urlhost", 255),
            Map.entry("page_urlpath", 3000),
            Map.entry("page_urlquery", 6000),
            Map.entry("page_urlfragment", 3000),
            Map.entry("refr_urlscheme", 16),
            Map.entry("refr_urlhost", 255),
            Map.entry("refr_urlpath", 6000),
            Map.entry("refr_urlquery", 6000),
            Map.entry("refr_urlfragment", 3000),
            Map.entry("useragent", 1000),
            Map.entry("page_url", MAX_ADDRESS),
            Map.entry("mkt_medium", 255),
            Map.entry("mkt_source", 255),
            Map.entry("mkt_term", 255),
            Map.entry("mkt_content", 500),
            Map.entry("mkt_campaign", 255),
            Map.entry("mkt_clickid", 1000),
            Map.entry("refr_domain_userid", 128),
            Map.entry("user_ipaddress", 128),
            Map.entry("network_userid", 128),
            Map.entry("event_vendor", 1000),
            Map.entry("event_name", 1000));

    /** The rules by parameter name. */
    static final Map<String, Rule> BY_PARAMETER =
            RULES.stream().collect(Collectors.toMap(Rule::parameter, rule -> rule, (one, other) -> one, HashMap::new));

    /** The maximum length of a field, in characters. */
    record Length(int ordinal, String field, int most) {}

    static final List<Length> LENGTHS = FURTHER_LENGTHS.entrySet().stream()
            .map(entry -> new Length(NAMES.indexOf(entry.getKey()), entry.getKey(), entry.getValue()))
            .toList();

    private AtomicFields() {}

    private static Map<String, Integer> ordinals() {
        Map<String, Integer> ordinals = new HashMap<>();
        NAMES.forEach(name -> ordinals.put(name, ordinals.size()));
        return Collections.unmodifiableMap(ordinals);
    }

    /**
     * Returns the type of a field's values: {@code String}, {@code Long}, {@code BigDecimal}, {@code Double}, {@code
     * Boolean} or {@code Instant}.
     */
    public static Class<?> typeOf(String field) {
        if (field.endsWith("_tstamp")) {
            return Instant.class;
        } else if (field.startsWith("br_features_") || field.equals("br_cookies") || field.equals("dvce_ismobile")) {
            return Boolean.class;
        } else if (DECIMALS.contains(field)) {
            return BigDecimal.class;
        } else if (INTEGERS.contains(field)) {
            return Long.class;
        }
        return field.equals("geo_latitude") || field.equals("geo_longitude") ? Double.class : String.class;
    }

    /**
     * Maps one parameter to one atomic field.
     *
     * @param parameter the name on the wire
     * @param field the atomic field; for {@code WIDTHxHEIGHT}, the common prefix of the two fields that end in {@code
     *     width} and {@code height}
     * @param type how the text is parsed
     * @param maxLength in characters; {@link Integer#MAX_VALUE} if the type sets the limit
     * @param overruledBy the parameter for the same field that takes precedence if both were sent; null for none
     */
    record Rule(
            String parameter,
            String field,
            AtomicType type,
            int maxLength,
            @Nullable String overruledBy) {

        Rule(String parameter, String field, AtomicType type, int maxLength) {
            this(parameter, field, type, maxLength, null);
        }

        Rule(String parameter, String field, AtomicType type) {
            this(parameter, field, type, Integer.MAX_VALUE);
        }
    }
}
