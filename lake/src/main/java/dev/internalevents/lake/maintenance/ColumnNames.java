package dev.internalevents.lake.maintenance;

/** Names of columns that mean something to this module. */
public final class ColumnNames {

    /** The number of the event in its collector's store. */
    public static final String NUMBER = "number";

    /** The collector: with the number, it identifies a row. */
    public static final String COLLECTOR = "collector_id";

    /** The column of the partitions. */
    public static final String TIME = "collector_tstamp";

    /** The JSON of what has no column. */
    public static final String MORE = "more";

    private ColumnNames() {}
}
