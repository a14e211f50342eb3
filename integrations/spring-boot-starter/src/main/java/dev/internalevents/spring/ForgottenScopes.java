package dev.internalevents.spring;

import dev.internalevents.client.RequestTracking;
import dev.internalevents.client.Scope;
import org.reactivestreams.Subscription;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilterChain;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/**
 * Closes the scopes that an application leaves open on the server's threads, also where Reactor does not propagate the
 * context. The server calls an application in two ways: when a request is subscribed to, and when a part of its body
 * arrives.
 */
final class ForgottenScopes {

    private ForgottenScopes() {}

    static Mono<Void> ended(ServerWebExchange exchange, WebFilterChain chain) {
        ServerWebExchange ending = exchange.mutate()
                .request(new EndingRequest(exchange.getRequest()))
                .build();
        return Mono.fromDirect(subscriber -> {
            try (Scope scope = RequestTracking.preserve()) {
                chain.filter(ending).subscribe(subscriber);
            }
        });
    }

    private static final class EndingRequest extends ServerHttpRequestDecorator {

        private EndingRequest(ServerHttpRequest request) {
            super(request);
        }

        @Override
        public Flux<DataBuffer> getBody() {
            return super.getBody()
                    .transform(Operators.<DataBuffer, DataBuffer>lift(
                            (source, subscriber) -> new EndingSubscriber<>(subscriber)));
        }
    }

    private record EndingSubscriber<T>(CoreSubscriber<? super T> inner) implements CoreSubscriber<T> {

        @Override
        public Context currentContext() {
            return inner.currentContext();
        }

        @Override
        public void onSubscribe(Subscription subscription) {
            inner.onSubscribe(subscription);
        }

        @Override
        public void onNext(T part) {
            try (Scope scope = RequestTracking.preserve()) {
                inner.onNext(part);
            }
        }

        @Override
        public void onError(Throwable failure) {
            try (Scope scope = RequestTracking.preserve()) {
                inner.onError(failure);
            }
        }

        @Override
        public void onComplete() {
            try (Scope scope = RequestTracking.preserve()) {
                inner.onComplete();
            }
        }
    }
}
