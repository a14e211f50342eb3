package dev.internalevents.collector;

import dev.internalevents.collector.operation.Role;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One of the collector's own paths: who may send which request to it, and what answers. {@link RouteTable} has all of
 * them, {@link RouteCheck} decides by the rules.
 *
 * @param path the whole path, or a prefix if it ends in {@code *}
 * @param methods the accepted methods; GET includes HEAD
 * @param kind what a request to it does
 * @param needs the required role; null if none is
 * @param shared whether pages of explicitly allowed origins may read it
 * @param answering answers a request that may proceed
 */
record Route(
        String path,
        List<HttpMethod> methods,
        Kind kind,
        @Nullable Role needs,
        boolean shared,
        Answering answering) {

    /** What a request does, which decides where it may come from. */
    enum Kind {
        /** Returns no event and changes nothing: answered with any method, from anywhere, without a check. */
        OPEN,
        /** Shows no event and changes nothing: a link on another origin's page may lead here. */
        PAGE,
        /**
         * Returns events or numbers, with any method. Pages of other origins may read it only if their origin is
         * allowed.
         */
        READ,
        /** Changes something. Accepted only from the collector's own page or from a program. */
        CHANGE
    }

    /** Answers a request. */
    @FunctionalInterface
    interface Answering {
        /**
         * Answers a request that may proceed.
         *
         * @param rest the part of the path that the {@code *} of a prefix stands for; empty for a whole path
         */
        void answer(Handlers to, HttpServerRequest request, String rest);
    }

    static Route open(String path, BiConsumer<Handlers, HttpServerRequest> answer) {
        return new Route(path, List.of(), Kind.OPEN, null, false, whole(answer));
    }

    static Route page(String path, Answering answering) {
        return new Route(path, List.of(HttpMethod.GET), Kind.PAGE, null, false, answering);
    }

    static Route read(String path, BiConsumer<Handlers, HttpServerRequest> answer, HttpMethod... methods) {
        return new Route(path, List.of(methods), Kind.READ, Role.READER, false, whole(answer));
    }

    static Route readBelow(String prefix, Answering answering) {
        return new Route(prefix, List.of(HttpMethod.GET), Kind.READ, Role.READER, false, answering);
    }

    /** Every change is a POST by an admin. */
    static Route change(String path, BiConsumer<Handlers, HttpServerRequest> answer) {
        return new Route(path, List.of(HttpMethod.POST), Kind.CHANGE, Role.ADMIN, false, whole(answer));
    }

    private static Answering whole(BiConsumer<Handlers, HttpServerRequest> answer) {
        return (to, request, rest) -> answer.accept(to, request);
    }

    Route forEverybody() {
        return new Route(path, methods, kind, null, shared, answering);
    }

    /** For paths that pages under test read. A path that changes something is never shared. */
    Route forAllowedOrigins() {
        return new Route(path, methods, kind, needs, true, answering);
    }

    /** For a path that accepts GET under conditions of its own. */
    Route alsoByGet() {
        List<HttpMethod> more = new ArrayList<>(methods);
        more.add(0, HttpMethod.GET);
        return new Route(path, List.copyOf(more), kind, needs, shared, answering);
    }

    boolean takes(HttpMethod method) {
        return methods.contains(method.equals(HttpMethod.HEAD) ? HttpMethod.GET : method);
    }

    boolean isPrefix() {
        return path.endsWith("/*");
    }

    /** Returns whether a requested path is below the prefix. */
    boolean isAbove(String requested) {
        return isPrefix()
                && requested.length() >= path.length()
                && requested.startsWith(path.substring(0, path.length() - 1));
    }

    /** Answers a request that may proceed. */
    void answer(Handlers to, HttpServerRequest request, String requested) {
        answering.answer(to, request, isPrefix() ? requested.substring(path.length() - 1) : "");
    }

    /** Returns methods and path. */
    @Override
    public String toString() {
        return methods + " " + path;
    }
}
