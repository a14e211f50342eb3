package dev.internalevents.store.duckdb;

import dev.internalevents.protocol.MalformedPayloadException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Limits how much text users' SQL can produce from the text that it reads. DuckDB's memory limit does not include the
 * contents of its vectors, and {@code x||x} in a few nested queries turns a word into gigabytes. Sizes are in units of
 * one column's size.
 */
final class TextGrowth {

    /** Maximum total size of an expression's result and intermediate results for one row. */
    private static final long MAX = 32;

    /** Length in characters of a literal that counts as one column. */
    private static final int LITERAL = 200;

    private static final Set<String> JOINING = Set.of(
            "||",
            "array_append",
            "array_cat",
            "array_concat",
            "array_value",
            "concat",
            "concat_ws",
            "json_array",
            "json_object",
            "list_append",
            "list_cat",
            "list_concat",
            "list_pack",
            "list_prepend",
            "list_value",
            "map",
            "map_concat",
            "map_from_entries",
            "row",
            "struct_pack");

    /** Functions whose last text argument can occur many times in the result. */
    private static final Set<String> REPLACING =
            Set.of("array_to_string", "regexp_replace", "replace", "string_agg", "listagg", "group_concat");

    /** Functions that create a list element of 16 bytes for each character, or collect many rows. */
    private static final Set<String> SPLITTING = Set.of(
            "array_agg",
            "json_group_array",
            "json_group_object",
            "list",
            "regexp_extract_all",
            "regexp_split_to_array",
            "split",
            "str_split",
            "str_split_regex",
            "string_split",
            "string_split_regex",
            "string_to_array",
            "histogram",
            "histogram_exact");

    private static final int ELEMENT = 8;

    /** The size of the result of an expression or query, and of everything held in memory for it. */
    private record Size(long result, long all) {

        static final Size NOTHING = new Size(0, 0);
        static final Size COLUMN = new Size(1, 1);

        Size max(Size other) {
            return new Size(Math.max(result, other.result), Math.max(all, other.all));
        }
    }

    private boolean inLambda;
    private boolean inRecursion;

    private TextGrowth() {}

    /**
     * Checks a statement.
     *
     * @param statement the tree that DuckDB's parser returns
     * @throws MalformedPayloadException if the result could become too large
     */
    static void check(@Nullable Object statement) {
        new TextGrowth().question(statement);
    }

    private static Size bounded(long result, long all) {
        if (all > MAX) {
            throw new MalformedPayloadException(
                    "the SQL concatenates text or lists too often, which takes too much memory: use at most"
                            + " about six columns in an expression, and fewer in nested queries");
        }
        return new Size(result, all);
    }

    /** Returns the size of a query, or the largest of the queries inside a node. */
    private Size question(@Nullable Object node) {
        if (node instanceof List<?> list) {
            Size largest = Size.NOTHING;
            for (Object one : list) {
                largest = largest.max(question(one));
            }
            return largest;
        }
        if (!(node instanceof Map<?, ?> object)) {
            return Size.NOTHING;
        }
        String type = String.valueOf(object.get("type"));
        if (type.equals("SELECT_NODE")) {
            return select(object);
        }
        boolean outer = inRecursion;
        inRecursion |= type.equals("RECURSIVE_CTE_NODE");
        Size largest = Size.NOTHING;
        for (Object value : object.values()) {
            largest = largest.max(question(value));
        }
        inRecursion = outer;
        return largest;
    }

    private Size select(Map<?, ?> select) {
        // The input may have grown in subqueries and, one after another, in common table expressions.
        long inside = Math.max(1, question(select.get("from_table")).result()) * tables(select.get("cte_map"));
        Size made = expression(select.get("select_list"));
        Size others = Size.NOTHING;
        for (String key : List.of("where_clause", "group_expressions", "having", "qualify", "modifiers")) {
            others = others.max(expression(select.get(key)));
        }
        expression(select.get("from_table"));
        bounded(0, inside * Math.max(made.all(), others.all()));
        return bounded(inside * Math.max(1, made.result()), inside);
    }

    private long tables(@Nullable Object map) {
        long product = 1;
        if (map instanceof Map<?, ?> tables && tables.get("map") instanceof List<?> list) {
            for (Object one : list) {
                product = bounded(0, product * Math.max(1, question(one).result()))
                        .all();
            }
        }
        return product;
    }

    /** Returns the size of an expression, or the largest of several. */
    private Size expression(@Nullable Object node) {
        if (node instanceof List<?> list) {
            Size largest = Size.NOTHING;
            for (Object one : list) {
                largest = largest.max(expression(one));
            }
            return largest;
        }
        if (!(node instanceof Map<?, ?> object)) {
            return Size.NOTHING;
        }
        return switch (String.valueOf(object.get("class"))) {
            case "COLUMN_REF", "STAR", "POSITIONAL_REFERENCE" -> Size.COLUMN.max(expression(object.get("expr")));
            case "CONSTANT" -> literal(object);
            case "FUNCTION" -> function(object);
            case "WINDOW" -> window(object);
            case "LAMBDA" -> lambda(object);
            case "SUBQUERY" -> question(object.get("subquery")).max(expression(object.get("child")));
            case "OPERATOR" ->
                "ARRAY_CONSTRUCTOR".equals(object.get("type")) ? joined(object.get("children")) : largest(object);
            default -> largest(object);
        };
    }

    private Size largest(Map<?, ?> object) {
        if (String.valueOf(object.get("type")).endsWith("_NODE")) {
            return question(object);
        }
        Size largest = Size.NOTHING;
        for (Object value : object.values()) {
            largest = largest.max(expression(value));
        }
        return largest;
    }

    private Size lambda(Map<?, ?> lambda) {
        boolean outer = inLambda;
        inLambda = true;
        Size size = expression(lambda.get("lhs")).max(expression(lambda.get("expr")));
        inLambda = outer;
        return size;
    }

    private static Size literal(Map<?, ?> constant) {
        long units = length(constant) / LITERAL;
        return new Size(units, units);
    }

    private static int length(@Nullable Object constant) {
        return constant instanceof Map<?, ?> map && map.get("literal") instanceof Map<?, ?> literal
                ? String.valueOf(literal.get("text")).length()
                : 0;
    }

    private Size window(Map<?, ?> function) {
        String name = name(function);
        if (SPLITTING.contains(name) || REPLACING.contains(name)) {
            throw new MalformedPayloadException("the function " + name
                    + " is not allowed as a window function here: each row" + " would contain the values of all rows");
        }
        return function(function);
    }

    private static String name(Map<?, ?> function) {
        return String.valueOf(function.get("function_name")).toLowerCase(Locale.ROOT);
    }

    private Size function(Map<?, ?> function) {
        String name = name(function);
        Object arguments = function.get("arguments");
        Size others = expression(function.get("filter"))
                .max(expression(function.get("order_bys")))
                .max(expression(function.get("partitions")))
                .max(expression(function.get("orders")));
        Size size;
        if (JOINING.contains(name)) {
            size = joined(arguments);
        } else if (REPLACING.contains(name)) {
            size = replaced(name, arguments);
        } else if (SPLITTING.contains(name)) {
            Size of = expression(arguments);
            size = bounded(ELEMENT * Math.max(1, of.result()), of.all() + ELEMENT * of.result());
        } else {
            size = expression(arguments);
        }
        return new Size(size.result(), Math.max(size.all(), others.all()));
    }

    private Size joined(@Nullable Object arguments) {
        if (inLambda || inRecursion) {
            throw new MalformedPayloadException(
                    "text and lists cannot be concatenated in a lambda or a recursive query here:"
                            + " the size of the result is not known in advance");
        }
        long result = 0;
        long all = 0;
        if (arguments instanceof List<?> list) {
            for (Object argument : list) {
                Size one = expression(argument);
                result += one.result();
                all += one.all();
            }
        }
        return bounded(result, all + result);
    }

    private Size replaced(String name, @Nullable Object arguments) {
        Size size = expression(arguments);
        int at = name.equals("replace") || name.equals("regexp_replace") ? 2 : 1;
        if (!(arguments instanceof List<?> list) || list.size() <= at) {
            return name.equals("array_to_string") ? size : gathered(name, size, 1);
        }
        Object text = list.get(at) instanceof Map<?, ?> argument ? argument.get("expression") : null;
        if (!(text instanceof Map<?, ?> constant) || !"CONSTANT".equals(constant.get("class"))) {
            throw new MalformedPayloadException("the last text argument of " + name + " must be a literal here");
        }
        return gathered(name, size, Math.max(1, length(text)));
    }

    private Size gathered(String name, Size size, long factor) {
        if (inLambda || inRecursion) {
            return joined(List.of());
        }
        boolean isAggregate =
                !name.equals("replace") && !name.equals("regexp_replace") && !name.equals("array_to_string");
        // Values that an aggregate collects count towards DuckDB's limit until they are processed further.
        long result = isAggregate ? ELEMENT : factor * Math.max(1, size.result());
        return bounded(result, size.all() + result);
    }
}
