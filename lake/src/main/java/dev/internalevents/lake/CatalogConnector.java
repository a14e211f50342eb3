package dev.internalevents.lake;

import dev.internalevents.protocol.ForeignCode;
import dev.internalevents.store.SinkException;
import java.io.Closeable;
import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.CodeSource;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.apache.iceberg.CatalogProperties;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.catalog.SessionCatalog;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.jdbc.JdbcCatalog;
import org.apache.iceberg.jdbc.UncheckedSQLException;
import org.apache.iceberg.rest.HTTPClient;
import org.apache.iceberg.rest.RESTSessionCatalog;
import org.apache.iceberg.rest.RESTUtil;
import org.jspecify.annotations.Nullable;

/**
 * Connects to a catalog. Every request to it ends after a time, also if the server does not answer.
 *
 * @param address begins with {@code jdbc:} or {@code rest:}
 * @param location where the tables are
 * @param files opens the files of the tables
 * @param environment has the user and the password, or the token
 */
record CatalogConnector(
        String address, String location, Supplier<FileIO> files, UnaryOperator<@Nullable String> environment) {

    static final String USER = "INTERNAL_EVENTS_LAKE_CATALOG_USER";
    static final String PASSWORD = "INTERNAL_EVENTS_LAKE_CATALOG_PASSWORD";
    static final String TOKEN = "INTERNAL_EVENTS_LAKE_CATALOG_TOKEN";

    /** How the address of a database begins. */
    static final String DATABASE = "jdbc:";

    private static final String REST = "rest:";
    private static final String POSTGRESQL = "jdbc:postgresql:";
    private static final int CONNECT_SECONDS = 10;
    private static final int ANSWER_SECONDS = 30;
    private static final int MAX_ATTEMPTS = 3;

    /** A catalog and what ends its connections. */
    record Connected(Catalog catalog, Closeable resources) {

        /** Does not throw. */
        void close() {
            try {
                resources.close();
            } catch (IOException | RuntimeException | Error e) {
                ForeignCode.caught(e);
                // The connection is not used again.
            }
        }
    }

    Connected connect() {
        return address.startsWith(REST) ? server() : database();
    }

    /** @throws IllegalArgumentException if no driver on the class path knows the address of a database */
    static void checkDriver(String address) {
        try {
            DriverManager.getDriver(address);
        } catch (SQLException e) {
            String kind = address.replaceFirst("(jdbc:[^:]*:).*", "$1");
            throw new IllegalArgumentException(
                    hasDriver(kind)
                            ? "lake-catalog: the JDBC driver for " + kind + " cannot read this address; expected for"
                                    + " example " + kind + "//HOST:PORT/DATABASE"
                            : "lake-catalog: no JDBC driver on the class path knows " + kind + " addresses; "
                                    + driverPlace() + ", or use jdbc:postgresql:",
                    e);
        }
    }

    private static boolean hasDriver(String kind) {
        return DriverManager.drivers().anyMatch(driver -> {
            try {
                return driver.acceptsURL(kind + "//127.0.0.1:1/database");
            } catch (SQLException e) {
                return false;
            }
        });
    }

    /**
     * In an installation, this module's jar is in the folder whose jars a collector with a lake has on its class path.
     */
    private static String driverPlace() {
        CodeSource source = CatalogConnector.class.getProtectionDomain().getCodeSource();
        String place = source == null ? "" : source.getLocation().toString();
        return place.endsWith(".jar")
                ? "put the driver's jar into " + Path.of(URI.create(place)).getParent()
                : "add the driver to it";
    }

    private Connected database() {
        try {
            checkDriver(address);
        } catch (IllegalArgumentException e) {
            throw new SinkException(String.valueOf(e.getMessage()), e);
        }
        Map<String, String> properties = new HashMap<>();
        properties.put(CatalogProperties.URI, address);
        properties.put(CatalogProperties.WAREHOUSE_LOCATION, location);
        put(properties, JdbcCatalog.PROPERTY_PREFIX + "user", environment.apply(USER));
        put(properties, JdbcCatalog.PROPERTY_PREFIX + "password", environment.apply(PASSWORD));
        if (address.startsWith(POSTGRESQL)) {
            properties.put(JdbcCatalog.PROPERTY_PREFIX + "connectTimeout", Integer.toString(CONNECT_SECONDS));
            properties.put(JdbcCatalog.PROPERTY_PREFIX + "loginTimeout", Integer.toString(ANSWER_SECONDS));
            properties.put(JdbcCatalog.PROPERTY_PREFIX + "socketTimeout", Integer.toString(ANSWER_SECONDS));
            properties.put(JdbcCatalog.PROPERTY_PREFIX + "tcpKeepAlive", "true");
            properties.put(JdbcCatalog.PROPERTY_PREFIX + "ApplicationName", "internal-events");
        }
        // With columns for views, which other engines add otherwise
        properties.put(JdbcCatalog.PROPERTY_PREFIX + "schema-version", "V1");
        for (int attempt = 1; ; attempt++) {
            JdbcCatalog catalog = new JdbcCatalog(ignored -> files.get(), null, true);
            try {
                return initialized(catalog, () -> catalog.initialize(ServerCatalog.NAME, properties), catalog);
            } catch (UncheckedSQLException e) {
                if (attempt == MAX_ATTEMPTS || !isRefusal(e.getCause())) {
                    throw e;
                }
                // Another collector has made the catalog's tables, or their columns, at the same moment.
            }
        }
    }

    /** Returns whether the database has refused a statement: it exists already, or violates a constraint. */
    private static boolean isRefusal(@Nullable Throwable cause) {
        String state = cause instanceof SQLException e ? e.getSQLState() : null;
        return state != null && (state.startsWith("42") || state.startsWith("23"));
    }

    private Connected server() {
        String url = address.substring(REST.length());
        int query = url.indexOf('?');
        Map<String, String> properties = new HashMap<>();
        parameters(query < 0 ? "" : url.substring(query + 1), properties);
        properties.put(CatalogProperties.URI, query < 0 ? url : url.substring(0, query));
        properties.put("rest.client.connection-timeout-ms", Integer.toString(CONNECT_SECONDS * 1000));
        properties.put("rest.client.socket-timeout-ms", Integer.toString(ANSWER_SECONDS * 1000));
        properties.put("rest-metrics-reporting-enabled", "false");
        String user = environment.apply(USER);
        String password = environment.apply(PASSWORD);
        put(properties, "token", environment.apply(TOKEN));
        if (user != null && password != null) {
            properties.put("credential", user + ":" + password);
        }
        if (properties.containsKey("token") || properties.containsKey("credential")) {
            properties.put("rest.auth.type", "oauth2");
        }
        RESTSessionCatalog catalog = new RESTSessionCatalog(
                config -> HTTPClient.builder(config)
                        .uri(config.get(CatalogProperties.URI))
                        .withHeaders(RESTUtil.configHeaders(config))
                        .build(),
                (context, ignored) -> files.get());
        return initialized(
                catalog.asCatalog(SessionCatalog.SessionContext.createEmpty()),
                () -> catalog.initialize(ServerCatalog.NAME, properties),
                catalog);
    }

    private static Connected initialized(Catalog catalog, Runnable initialization, Closeable resources) {
        Connected connected = new Connected(catalog, resources);
        try {
            initialization.run();
            return connected;
        } catch (RuntimeException | Error e) {
            connected.close();
            throw e;
        }
    }

    private static void put(Map<String, String> properties, String name, @Nullable String value) {
        if (value != null && !value.isEmpty()) {
            properties.put(name, value);
        }
    }

    private static void parameters(String query, Map<String, String> properties) {
        for (String parameter : query.isEmpty() ? new String[0] : query.split("&", -1)) {
            int equals = parameter.indexOf('=');
            String value = parameter.substring(equals + 1).replace("+", "%2B");
            properties.put(parameter.substring(0, equals), URLDecoder.decode(value, StandardCharsets.UTF_8));
        }
    }

    /** Without the environment. */
    @Override
    public String toString() {
        return address;
    }
}
