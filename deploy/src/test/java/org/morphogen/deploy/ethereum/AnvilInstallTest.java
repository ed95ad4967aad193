package org.morphogen.deploy.ethereum;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.morphogen.deploy.TestScript;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;

/** Whatever npm does, an installation ends soon, and says what went wrong. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class AnvilInstallTest {
    private static final Duration LONG = Duration.ofSeconds(50);

    @TempDir
    private Path folder = Path.of("");

    @Test
    void givesTheProgramThatNpmInstalled() throws IOException {
        Path npm = npm("""
                echo "$@" >arguments
                mkdir -p node_modules/@foundry-rs/anvil-some-platform/bin node_modules/@foundry-rs/anvil
                cp "$0" node_modules/@foundry-rs/anvil-some-platform/bin/anvil
                """);
        Path place = folder.resolve("place");
        assertThat(install(npm, LONG))
                .isEqualTo(place.resolve("node_modules/@foundry-rs/anvil-some-platform/bin/anvil"));
        assertThat(place.resolve("arguments"))
                .content()
                .startsWith("ci --ignore-scripts")
                .contains("--cache=" + place);
        assertThat(place.resolve("package.json")).content().contains("\"@foundry-rs/anvil\": \"1.7.1\"");
        assertThat(place.resolve("package-lock.json"))
                .content()
                .contains("sha512-")
                .doesNotContain("resolved");
    }

    @Test
    void tellsWhatNpmSays() {
        assertUnavailable(
                npm("echo; echo npm error code ENOTFOUND; echo npm error more; exit 1"), LONG, "code ENOTFOUND");
        assertUnavailable(npm("exit 1"), LONG, "it says nothing");
        assertUnavailable(npm("exit 0"), LONG, "for this platform");
        assertUnavailable(folder.resolve("nothing"), LONG, "there is no npm");
    }

    @Test
    void aHangingNpmIsEndedWithAllThatItStarted() {
        Path npm = npm("sleep 600 & echo $! >>%s; wait".formatted(folder.resolve("pids")));
        assertUnavailable(npm, Duration.ofMillis(700), "within");
        assertSleeperIsGone();
    }

    @Test
    void closingEndsAnInstallation() {
        Path npm = npm("sleep 600 & echo $! >>%s; wait".formatted(folder.resolve("pids")));
        AnvilInstall install = new AnvilInstall(npm.toString());
        CompletableFuture<Path> running =
                CompletableFuture.supplyAsync(() -> install.install(folder.resolve("place"), LONG));
        await().until(() -> Files.exists(folder.resolve("pids")));
        install.close();
        assertThatThrownBy(running::join).hasCauseInstanceOf(MorphogenException.class);
        assertSleeperIsGone();
        assertThatThrownBy(() -> install.install(folder.resolve("later"), LONG)).hasMessageContaining("stopped");
    }

    private void assertSleeperIsGone() {
        await().until(() -> Files.readAllLines(folder.resolve("pids")).stream()
                .noneMatch(pid -> ProcessHandle.of(Long.parseLong(pid)).isPresent()));
    }

    private Path npm(String lines) {
        try {
            return TestScript.write(folder.resolve("npm"), lines);
        } catch (IOException failed) {
            throw new AssertionError(failed);
        }
    }

    private Path install(Path npm, Duration most) {
        try (AnvilInstall install = new AnvilInstall(npm.toString())) {
            return install.install(folder.resolve("place"), most);
        }
    }

    private void assertUnavailable(Path npm, Duration most, String why) {
        assertThatThrownBy(() -> {
                    try (AnvilInstall install = new AnvilInstall(npm.toString())) {
                        install.install(
                                Files.createTempDirectory(folder, "place").resolve("new"), most);
                    }
                })
                .isInstanceOfSatisfying(
                        MorphogenException.class,
                        failure -> assertThat(failure.reason()).isEqualTo(FailureReason.UNAVAILABLE))
                .hasMessageContaining(why);
    }
}
