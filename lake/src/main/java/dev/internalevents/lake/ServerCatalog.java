package dev.internalevents.lake;

import dev.internalevents.protocol.ForeignCode;
import dev.internalevents.store.SinkException;
import java.util.List;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.HasTableOperations;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.SupportsNamespaces;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.exceptions.NoSuchTableException;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/** The tables {@code internal_events.good_events} and so on of a catalog, which is a database or a server. */
final class ServerCatalog implements LakeCatalog {

    /** The namespace of the tables, and the name of a catalog that is a database. */
    static final String NAME = "internal_events";

    private static final Namespace NAMESPACE = Namespace.of(NAME);

    private final String location;
    private final CatalogConnector connector;
    private CatalogConnector.@Nullable Connected connected;

    /**
     * @param location where new tables are, without a slash at the end
     * @param connector connects when the first table is opened
     */
    ServerCatalog(String location, CatalogConnector connector) {
        this.location = location;
        this.connector = connector;
    }

    @Override
    public synchronized Table open(TableShape shape) {
        if (connected == null) {
            connected = connector.connect();
        }
        Catalog catalog = connected.catalog();
        TableIdentifier name = TableIdentifier.of(NAMESPACE, shape.table());
        Table table = checked(loadOrCreate(catalog, name, shape));
        return new BaseTable(new OwnCommits(((HasTableOperations) table).operations()), shape.table(), report -> {});
    }

    private Table loadOrCreate(Catalog catalog, TableIdentifier name, TableShape shape) {
        try {
            return catalog.loadTable(name);
        } catch (NoSuchTableException e) {
            createNamespace(catalog);
        } catch (NotFoundException e) {
            throw new SinkException(
                    "lake: the catalog's table " + name + " is not in " + location + ": " + Reason.of(e)
                            + "; expected --lake with the place of the table",
                    e);
        }
        Schema schema = shape.schema();
        try {
            return catalog.buildTable(name, schema)
                    .withPartitionSpec(TableShape.partitions(schema))
                    .withLocation(location + "/" + shape.table())
                    .withProperties(TableShape.properties())
                    .create();
        } catch (RuntimeException e) {
            ForeignCode.caught(e);
            if (!catalog.tableExists(name)) {
                throw e;
            }
            return catalog.loadTable(name); // Another collector made it.
        }
    }

    private static void createNamespace(Catalog catalog) {
        if (catalog instanceof SupportsNamespaces namespaces && !namespaces.namespaceExists(NAMESPACE)) {
            try {
                namespaces.createNamespace(NAMESPACE);
            } catch (RuntimeException e) {
                ForeignCode.caught(e);
                if (!namespaces.namespaceExists(NAMESPACE)) {
                    throw e;
                }
                // Another collector made it; not every catalog says so.
            }
        }
    }

    /** A table of another location is used as it is, if this program made it. */
    private static Table checked(Table table) {
        Schema schema = table.schema();
        for (Types.NestedField column : List.of(
                Types.NestedField.required(1, TableShape.NUMBER, Types.LongType.get()),
                Types.NestedField.required(2, TableShape.COLLECTOR, Types.StringType.get()),
                Types.NestedField.optional(3, TableShape.TIME, Types.TimestampType.withZone()))) {
            Types.NestedField found = schema.findField(column.name());
            Type type = found == null ? null : found.type();
            if (!column.type().equals(type)) {
                throw new SinkException("lake: the catalog has a table " + table.name() + " whose column "
                        + column.name() + " is " + (type == null ? "missing" : type) + ", so this program did not make"
                        + " it; rename it, or choose another catalog with --lake-catalog");
            }
        }
        return table;
    }

    @Override
    public synchronized void close() {
        if (connected != null) {
            connected.close();
            connected = null;
        }
    }
}
