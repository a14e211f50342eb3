package dev.internalevents.browser;

import com.microsoft.playwright.Browser;
import dev.internalevents.collector.Collector;
import dev.internalevents.collector.CollectorSettings;
import dev.internalevents.testkit.TestServer;
import java.io.IOException;

/** A web site, the browser that opens its pages, and the collector that their trackers send to. */
record TrackedSite(TestServer pages, Collector collector, Chromium chromium) implements AutoCloseable {

    /** Returns the content of a path, without its query; a path that ends in {@code .js} is a script. */
    @FunctionalInterface
    interface Content {

        byte[] of(String path) throws IOException;
    }

    static TrackedSite start(Content content) throws IOException {
        TestServer pages = TestServer.handling(exchange -> {
            String path = exchange.getRequestURI().getPath();
            String type = path.endsWith(".js") ? "text/javascript" : "text/html; charset=utf-8";
            Answers.send(exchange, 200, type, content.of(path));
        });
        return new TrackedSite(pages, Collector.start(CollectorSettings.local(0)), Chromium.launch());
    }

    Browser browser() {
        return chromium.browser();
    }

    @Override
    public void close() {
        chromium.close();
        collector.close();
        pages.close();
    }
}
