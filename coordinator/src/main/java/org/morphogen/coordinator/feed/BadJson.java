package org.morphogen.coordinator.feed;

import java.io.IOException;
import org.morphogen.failure.MorphogenException;

/** JSON that is not what was expected; the message begins with the place. */
final class BadJson extends IOException {
    BadJson(String message) {
        super(message);
    }

    BadJson(String place, MorphogenException unfit) {
        super(place + ": " + unfit.getMessage(), unfit);
    }
}
