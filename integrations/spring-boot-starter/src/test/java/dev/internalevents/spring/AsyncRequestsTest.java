package dev.internalevents.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.internalevents.client.EventContext;
import java.io.IOException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.async.DeferredResult;
import org.springframework.web.context.request.async.WebAsyncTask;
import org.springframework.web.servlet.mvc.method.annotation.ResponseBodyEmitter;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;
import org.springframework.web.servlet.mvc.method.annotation.StreamingResponseBody;

/** Checks that each callback of an asynchronous Web MVC request has the request's context. */
@Tag("slow")
class AsyncRequestsTest {

    private static final BlockingQueue<String> CALLED = new LinkedBlockingQueue<>();

    @ParameterizedTest
    @CsvSource({
        "/deferred/timeout, onTimeout onCompletion",
        "/deferred/result, onCompletion",
        "/task/timeout, onTimeout onCompletion",
        "/task/result, call onCompletion",
        "/sse/timeout, onTimeout onCompletion",
        "/emitter/complete, onCompletion",
        "/streaming, writeTo"
    })
    void has_its_context_in(String path, String callbacks) throws Exception {
        CALLED.clear();
        try (RunningApplication application = RunningApplication.start("servlet", Shop.class)) {
            application.get(path);
            for (String callback : callbacks.split(" ", -1)) {
                assertThat(CALLED.poll(30, TimeUnit.SECONDS)).isEqualTo(callback + " saas");
            }
        }
    }

    static void record(String callback) {
        CALLED.add(callback + " " + EventContext.current().realm());
    }

    @Configuration
    @EnableAutoConfiguration
    @RestController
    static class Shop {

        @GetMapping("/deferred/timeout")
        DeferredResult<String> deferredTimeout() {
            DeferredResult<String> result = new DeferredResult<>(1L);
            result.onTimeout(() -> {
                record("onTimeout");
                result.setResult("late");
            });
            result.onCompletion(() -> record("onCompletion"));
            return result;
        }

        @GetMapping("/deferred/result")
        DeferredResult<String> deferredResult() {
            DeferredResult<String> result = new DeferredResult<>();
            result.onCompletion(() -> record("onCompletion"));
            new Thread(() -> result.setResult("done")).start();
            return result;
        }

        @GetMapping("/task/timeout")
        WebAsyncTask<String> taskTimeout() {
            CountDownLatch never = new CountDownLatch(1);
            WebAsyncTask<String> task = new WebAsyncTask<>(1L, () -> {
                assertThat(never.await(30, TimeUnit.SECONDS)).isTrue();
                return "never";
            });
            task.onTimeout(() -> {
                record("onTimeout");
                never.countDown();
                return "late";
            });
            task.onCompletion(() -> record("onCompletion"));
            return task;
        }

        @GetMapping("/task/result")
        WebAsyncTask<String> taskResult() {
            Callable<String> call = () -> {
                record("call");
                return "done";
            };
            WebAsyncTask<String> task = new WebAsyncTask<>(call);
            task.onCompletion(() -> record("onCompletion"));
            return task;
        }

        @GetMapping("/sse/timeout")
        SseEmitter sseTimeout() {
            SseEmitter emitter = new SseEmitter(1L);
            emitter.onTimeout(() -> {
                record("onTimeout");
                emitter.complete();
            });
            emitter.onCompletion(() -> record("onCompletion"));
            return emitter;
        }

        @GetMapping("/emitter/complete")
        ResponseBodyEmitter emitter() throws IOException {
            ResponseBodyEmitter emitter = new ResponseBodyEmitter(100L);
            emitter.onCompletion(() -> record("onCompletion"));
            emitter.send("part");
            // Spring registers the callback after the method has returned; an emitter completed earlier has none.
            emitter.onTimeout(emitter::complete);
            return emitter;
        }

        @GetMapping("/streaming")
        StreamingResponseBody streaming() {
            return body -> {
                record("writeTo");
                body.write('x');
            };
        }
    }
}
