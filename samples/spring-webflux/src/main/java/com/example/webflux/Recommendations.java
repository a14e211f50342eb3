package com.example.webflux;

import dev.internalevents.client.InternalEventsClient;
import java.util.List;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

@RestController
class Recommendations {

    private final InternalEventsClient internalEvents;

    Recommendations(InternalEventsClient internalEvents) {
        this.internalEvents = internalEvents;
    }

    /** Looks them up on another thread, as with a blocking library; the request's context is propagated. */
    @GetMapping("/recommendations")
    Mono<List<String>> recommendations() {
        return Mono.fromCallable(this::lookUp).subscribeOn(Schedulers.boundedElastic());
    }

    private List<String> lookUp() {
        List<String> books = List.of("a novel", "an atlas");
        internalEvents.event("view_recommendations_in_shop").value(books.size()).track();
        return books;
    }
}
