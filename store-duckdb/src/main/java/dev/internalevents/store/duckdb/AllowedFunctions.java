package dev.internalevents.store.duckdb;

import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Lists the functions that users' SQL may call. DuckDB has some 700, and each version adds more, so this is an
 * allow-list: each function reads nothing but its arguments, in time and memory that grow with their size. All others
 * are rejected. {@link TextGrowth} limits those whose results are larger than their arguments.
 */
final class AllowedFunctions {

    /** Allowed in FROM: functions that return rows from their arguments or from the catalogue. */
    static final Set<String> OF_TABLES = names("""
            range generate_series generate_subscripts unnest json_each regexp_split_to_table duckdb_columns duckdb_functions
            duckdb_keywords duckdb_tables duckdb_types duckdb_views icu_calendar_names pg_timezone_names
            """);

    private static final Set<String> OF_VALUES = names("""
            != !~~ !~~* % & && * ** + - ->> -> / // < << <= <@ = > >= >> @ @> ^ ^@ | || ~ ~~ ~~* ~~~ ! <>
            abs acos acosh add age any_value approx_count_distinct approx_quantile approx_top_k arbitrary arg_max arg_max_null
            arg_min arg_min_null argmax argmin array_agg array_append array_cat array_concat array_contains array_distinct
            array_extract array_has array_has_all array_has_any array_indexof array_length array_position array_reverse
            array_reverse_sort array_slice array_sort array_to_string array_unique array_value ascii asin asinh atan atan2
            atanh avg bar base64 bit_and bit_count bit_length bit_or bit_xor bool_and bool_or cardinality cbrt ceil ceiling
            century char_length character_length chr coalesce concat concat_ws contains corr cos cosh cot count count_if
            count_star countif covar_pop covar_samp cume_dist current_date current_localtime current_localtimestamp
            current_time current_timestamp date_add date_diff date_part date_sub date_trunc datediff datepart datesub
            datetrunc day dayname dayofmonth dayofweek dayofyear days_in_month decade decode degrees dense_rank divide
            element_at encode ends_with entropy epoch epoch_ms epoch_ns epoch_us equi_width_bins era even exp factorial favg
            fdiv filter first first_value flatten floor fmod format_bytes formatreadabledecimalsize formatreadablesize
            from_base64 from_hex fsum gamma gcd gen_random_uuid geomean geometric_mean get_current_timestamp greatest
            greatest_common_divisor group_concat grouping grouping_id hash hex histogram histogram_exact hour if ifnull
            ilike_escape instr isfinite isinf isnan isodow isoyear json json_array json_array_length json_exists json_extract
            json_extract_path json_extract_path_text json_extract_string json_group_array json_group_object json_keys
            json_object json_quote json_type json_valid json_value julian kahan_sum kurtosis kurtosis_pop lag last last_day
            last_value lcase lcm lead least least_common_multiple left left_grapheme len length length_grapheme lgamma
            like_escape list list_any_value list_append list_avg list_cat list_concat list_contains list_count list_distinct
            list_element list_extract list_filter list_first list_has list_has_all list_has_any list_indexof list_last
            list_max list_median list_min list_mode list_pack list_position list_prepend list_reverse list_reverse_sort
            list_slice list_sort list_sum list_unique list_value listagg ln log log10 log2 lower ltrim mad make_date make_time
            make_timestamp make_timestamp_ms make_timestamp_ns make_timestamptz map map_concat map_contains map_entries
            map_extract map_extract_value map_from_entries map_keys map_values max max_by md5 md5_number mean median
            microsecond millennium millisecond min min_by minute mod mode month monthname multiply nanosecond nextafter
            nfc_normalize not_ilike_escape not_like_escape now nth_value ntile nullif octet_length ord percent_rank pi
            position pow power prefix product quantile quantile_cont quantile_disc quarter radians random rank regexp_escape
            regexp_extract regexp_extract_all regexp_full_match regexp_matches regexp_replace regexp_split_to_array
            regr_avgx regr_avgy regr_count regr_intercept regr_r2 regr_slope regr_sxx regr_sxy regr_syy replace
            reservoir_quantile reverse right right_grapheme round round_even roundbankers row row_number row_to_json rtrim
            second sem sha1 sha256 sign signbit sin sinh skewness split split_part sqrt starts_with stddev stddev_pop
            stddev_samp str_split str_split_regex strftime string_agg string_split string_split_regex string_to_array
            strip_accents strlen strpos strptime struct_extract struct_extract_at struct_pack substr substring
            substring_grapheme subtract suffix sum sum_no_overflow sumkahan tan tanh time_bucket timezone timezone_hour
            timezone_minute to_base64 to_centuries to_days to_decades to_hex to_hours to_json to_microseconds to_millennia
            to_milliseconds to_minutes to_months to_quarters to_seconds to_timestamp to_weeks to_years today
            transaction_timestamp translate trim trunc try_strptime typeof ucase unbin unhex unicode unnest upper url_decode
            url_encode uuid uuid_extract_timestamp uuid_extract_version uuidv4 uuidv7 var_pop var_samp variance version wavg
            week weekday weekofyear weighted_avg xor year yearweek
            """);

    private AllowedFunctions() {}

    private static Set<String> names(String text) {
        return Arrays.stream(text.strip().split("\\s+")).collect(Collectors.toUnmodifiableSet());
    }

    /** Returns whether a function or operator, in lower case, is allowed in an expression. */
    static boolean ofValues(String name) {
        return OF_VALUES.contains(name);
    }
}
