package dev.internalevents.spring;

import dev.internalevents.client.RequestTracking;
import dev.internalevents.spring.api.EventApi;
import dev.internalevents.spring.api.EventApiAnswer;
import java.security.Principal;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** The event endpoint for WebFlux. */
@RestController
class ReactiveEventApiController {

    private static final String CSRF_TOKEN = "org.springframework.security.web.server.csrf.CsrfToken";

    private final EventApi api;

    ReactiveEventApiController(EventApi api) {
        this.api = api;
    }

    @PostMapping("${internal-events.api.path:/api/internal-events}")
    Mono<ResponseEntity<String>> track(ServerWebExchange exchange) {
        return exchange.getPrincipal()
                .map(Optional::<Principal>of)
                .defaultIfEmpty(Optional.empty())
                .flatMap(caller -> answer(exchange, caller.orElse(null)))
                .map(EventApiResponse::of);
    }

    private Mono<EventApiAnswer> answer(ServerWebExchange exchange, @Nullable Principal caller) {
        EventApiAnswer refusal = api.refusal(
                caller,
                exchange.getRequest().getHeaders()::getFirst,
                exchange.getAttributes().containsKey(CSRF_TOKEN));
        if (refusal != null || caller == null) {
            return Mono.just(refusal == null ? EventApi.tooLarge() : refusal);
        }
        return DataBufferUtils.join(exchange.getRequest().getBody(), EventApi.MAX_BODY_BYTES)
                .map(ReactiveEventApiController::bytes)
                .defaultIfEmpty(new byte[0])
                .flatMap(body -> Mono.deferContextual(context -> {
                    RequestTracking tracking =
                            context.getOrDefault(RequestTrackingAccessor.KEY, null) instanceof RequestTracking current
                                    ? current
                                    : null;
                    // The application's access check may block.
                    return Mono.fromCallable(() -> api.track(caller, body, tracking))
                            .subscribeOn(Schedulers.boundedElastic());
                }))
                .onErrorResume(DataBufferLimitException.class, e -> Mono.just(EventApi.tooLarge()));
    }

    private static byte[] bytes(DataBuffer buffer) {
        byte[] bytes = new byte[buffer.readableByteCount()];
        buffer.read(bytes);
        DataBufferUtils.release(buffer);
        return bytes;
    }
}
