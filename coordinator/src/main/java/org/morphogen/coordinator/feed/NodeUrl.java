package org.morphogen.coordinator.feed;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;

/**
 * Where a node listens. User, path and query may be credentials: {@link #toString} shows none of them.
 *
 * @param target what is asked, without the user
 * @param authorization the header that the user and password make
 */
record NodeUrl(URI target, Optional<String> authorization) {
    /** Fails with SETTINGS_INVALID if it is not a http or https address; the message does not repeat it. */
    static NodeUrl of(URI url) {
        String scheme = String.valueOf(url.getScheme()).toLowerCase(Locale.ROOT);
        if (!(scheme.equals("http") || scheme.equals("https")) || url.getHost() == null) {
            throw new MorphogenException(
                    FailureReason.SETTINGS_INVALID, "node: must be a URL such as http://127.0.0.1:8545");
        }
        StringBuilder bare = new StringBuilder(scheme + "://" + authority(url));
        bare.append(url.getRawPath() == null || url.getRawPath().isEmpty() ? "/" : url.getRawPath());
        if (url.getRawQuery() != null) {
            bare.append('?').append(url.getRawQuery());
        }
        return new NodeUrl(
                URI.create(bare.toString()),
                Optional.ofNullable(url.getUserInfo()).map(NodeUrl::basic));
    }

    /** Scheme, host and port. */
    @Override
    public String toString() {
        return target.getScheme() + "://" + authority(target);
    }

    private static String authority(URI url) {
        return url.getHost() + (url.getPort() < 0 ? "" : ":" + url.getPort());
    }

    private static String basic(String user) {
        return "Basic " + Base64.getEncoder().encodeToString(user.getBytes(StandardCharsets.UTF_8));
    }
}
