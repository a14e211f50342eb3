package dev.internalevents.spring;

import dev.internalevents.client.RequestTracking;
import dev.internalevents.client.settings.InternalEventSettings;
import dev.internalevents.servlet.InternalEventFilter;
import dev.internalevents.servlet.InternalEventRequestListener;
import jakarta.servlet.DispatcherType;
import java.util.EnumSet;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.boot.web.servlet.ServletListenerRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.context.request.async.CallableProcessingInterceptor;
import org.springframework.web.servlet.config.annotation.AsyncSupportConfigurer;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** Provides a context for each request of a servlet application. */
@AutoConfiguration(after = InternalEventsAutoConfiguration.class)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnClass({InternalEventFilter.class, jakarta.servlet.Filter.class})
public class InternalEventsServletAutoConfiguration {

    /** Early, so that events tracked by other filters have a context, but with room for an access log outside of it. */
    public static final int FILTER_ORDER = Ordered.HIGHEST_PRECEDENCE + 100;

    @Bean
    @ConditionalOnMissingBean
    InternalEventFilter internalEventFilter(
            InternalEventSettings settings, InternalEventsProperties properties, InternalEventsSource source) {
        return InternalEventFilter.builder(settings)
                .enabled(properties.middleware().enabled())
                .source(source.name())
                .skipPaths(properties.middleware().skipPaths())
                .build();
    }

    @Bean
    FilterRegistrationBean<InternalEventFilter> internalEventFilterRegistration(InternalEventFilter filter) {
        FilterRegistrationBean<InternalEventFilter> registration = new FilterRegistrationBean<>(filter);
        registration.setOrder(FILTER_ORDER);
        registration.setAsyncSupported(true);
        registration.setDispatcherTypes(EnumSet.of(DispatcherType.REQUEST, DispatcherType.ASYNC, DispatcherType.ERROR));
        return registration;
    }

    /** Runs only for the first dispatch: an authenticated request keeps its tracking through all dispatches. */
    @Bean
    @ConditionalOnBean(VerifiedClaimsSource.class)
    FilterRegistrationBean<VerifiedClaimsFilter> internalEventClaimsFilterRegistration(VerifiedClaimsSource source) {
        FilterRegistrationBean<VerifiedClaimsFilter> registration =
                new FilterRegistrationBean<>(new VerifiedClaimsFilter(source));
        registration.setOrder(RequestClaims.FILTER_ORDER);
        registration.setAsyncSupported(true);
        registration.setDispatcherTypes(EnumSet.of(DispatcherType.REQUEST));
        return registration;
    }

    @Bean
    ServletListenerRegistrationBean<InternalEventRequestListener> internalEventRequestListener() {
        return new ServletListenerRegistrationBean<>(new InternalEventRequestListener());
    }

    /** Propagates the context to the thread on which Spring runs a controller's {@code Callable}. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(WebMvcConfigurer.class)
    static class WebMvc {

        @Bean
        WebMvcConfigurer internalEventsAsyncSupport() {
            return new WebMvcConfigurer() {
                @Override
                public void configureAsyncSupport(AsyncSupportConfigurer configurer) {
                    configurer.registerCallableInterceptors(new TrackingInterceptor());
                }
            };
        }
    }

    /**
     * Uses the request only to pass the tracking to the task: a task may finish after its request, whose attributes are
     * then gone.
     */
    private static final class TrackingInterceptor implements CallableProcessingInterceptor {

        private static final String TRACKING = TrackingInterceptor.class.getName() + ".TRACKING";

        @Override
        public <T> void beforeConcurrentHandling(NativeWebRequest request, Callable<T> task) {
            RequestTracking tracking = RequestTracking.current();
            if (tracking != null) {
                request.setAttribute(TRACKING, tracking, NativeWebRequest.SCOPE_REQUEST);
            }
        }

        @Override
        public <T> void preProcess(NativeWebRequest request, Callable<T> task) {
            RequestTracking.attach(
                    request.getAttribute(TRACKING, NativeWebRequest.SCOPE_REQUEST) instanceof RequestTracking tracking
                            ? tracking
                            : RequestTracking.current());
        }

        @Override
        public <T> void postProcess(NativeWebRequest request, Callable<T> task, @Nullable Object concurrentResult) {
            RequestTracking.detach();
        }
    }
}
