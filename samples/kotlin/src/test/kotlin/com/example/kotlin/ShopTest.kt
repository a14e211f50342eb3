package com.example.kotlin

import dev.internalevents.client.InternalEventsClient
import dev.internalevents.collector.Collector
import dev.internalevents.collector.CollectorSettings
import java.net.URI
import java.net.http.HttpClient
import java.net.http.HttpRequest
import java.net.http.HttpResponse
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test

/** Sends a request to the service, and asks a collector in this process for the event. */
class ShopTest {

    private val http = HttpClient.newHttpClient()

    @Test
    fun `an order is tracked with the context of its request`() {
        Collector.start(CollectorSettings.local(0)).use { collector ->
            client(collector).use { internalEvents ->
                Shop(internalEvents, "test", 0).use { shop -> order(shop) }
                val event = post(
                    HttpRequest.newBuilder(URI.create(collector.url() + "/micro/await")),
                    """
                    {"where": {
                        "app_id": "shop",
                        "se_action": "place_order",
                        "contexts_com_gitlab_gitlab_standard_1.environment": "test",
                        "contexts_com_gitlab_gitlab_standard_1.source": "kotlin",
                        "contexts_com_gitlab_gitlab_standard_1.user_id": 42,
                        "contexts_com_gitlab_gitlab_standard_1.instance_id": "ea8b",
                        "contexts_com_gitlab_gitlab_standard_1.correlation_id": "request-1"
                    }, "timeoutMs": 30000}
                    """,
                )
                assertEquals(200, event.statusCode(), event.body())
            }
        }
    }

    private fun client(collector: Collector) = InternalEventsClient.builder()
        .endpoint(URI.create(collector.url()))
        .appId("shop")
        .sendUserId(true)
        .batchSize(1)
        .build()

    private fun order(shop: Shop) {
        val request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:${shop.port}/orders"))
            .header("X-Gitlab-User-Id", "42")
            .header("X-Gitlab-Instance-Id", "ea8b")
            .header("X-Request-ID", "request-1")
        val ordered = post(request, "")
        assertEquals(204, ordered.statusCode(), ordered.body())
        assertEquals("request-1", ordered.headers().firstValue("X-Request-ID").orElse("none"))
    }

    private fun post(request: HttpRequest.Builder, body: String): HttpResponse<String> = http.send(
        request.POST(HttpRequest.BodyPublishers.ofString(body)).build(),
        HttpResponse.BodyHandlers.ofString(),
    )
}
