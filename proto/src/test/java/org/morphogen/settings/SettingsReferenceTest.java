package org.morphogen.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.morphogen.transport.Endpoint;

@Timeout(10)
final class SettingsReferenceTest {
    enum Engine {
        VECTOR,
        SCALAR
    }

    record Inner(
            @Setting("Folder.") Optional<Path> folder,
            @Setting("Name.") String name) {}

    record Outer(
            @Setting("Peers.") List<Endpoint> peers,

            @Setting(value = "Pause.", byDefault = "30s") Duration pause,

            @Setting(value = "Engine.", byDefault = "vector")
            Engine engine,

            @Setting(value = "Limit.", byDefault = "1GiB") ByteSize limit,
            @Setting(value = "On.", byDefault = "true") boolean on,
            @Setting(value = "Count.", byDefault = "3") int count,
            @Setting("Spare.") Optional<Inner> spare,
            Inner inner) {}

    @Test
    void writesOneLineAKey() {
        assertThat(SettingsReference.markdown(Outer.class)).isEqualTo("""
                | key | form | default | meaning |
                |---|---|---|---|
                | `peers` | list of host:port | required | Peers. |
                | `pause` | duration | `30s` | Pause. |
                | `engine` | vector or scalar | `vector` | Engine. |
                | `limit` | size | `1GiB` | Limit. |
                | `on` | true or false | `true` | On. |
                | `count` | number | `3` | Count. |
                | `spare.folder` | path | none | Folder. |
                | `spare.name` | text | required | Name. |
                | `inner.folder` | path | none | Folder. |
                | `inner.name` | text | required | Name. |
                """);
    }
}
