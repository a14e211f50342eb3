package com.example.micronaut;

import io.micronaut.runtime.Micronaut;

/** Runs the application. */
public final class Shop {

    private Shop() {}

    public static void main(String[] args) {
        Micronaut.run(Shop.class, args);
    }
}
