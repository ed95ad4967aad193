#!/bin/sh
# Makes one script that checks and measures the CUDA engine on a machine with a GPU, where nothing needs to be installed
# but NVIDIA's driver: a trimmed Java runtime, the jars and the tests are inside. Linux on x86_64.
#
#   bench/gpu/pack.sh [OUT]   OUT: the script, bench/target/morphogen-gpu-check.sh if not given
#   JAVA_HOME                 a JDK 25 with jlink
set -eu

root=$(CDPATH= cd -- "$(dirname -- "$0")/../.." && pwd)
out=${1:-$root/bench/target/morphogen-gpu-check.sh}
: "${JAVA_HOME:?set it to a JDK 25}"
pack=$root/bench/target/gpu-pack
JUNIT=1.14.4
DEPENDENCY_PLUGIN=org.apache.maven.plugins:maven-dependency-plugin:3.9.0

cd "$root"
./mvnw -B -q -pl bench,deploy -am -DskipTests package
rm -rf "$pack"
mkdir -p "$pack/lib" "$pack/shard-node/tests" "$pack/proto/src/test/resources/vectors"

"$JAVA_HOME/bin/jlink" --output "$pack/runtime" --strip-debug --no-header-files --no-man-pages --compress zip-9 \
    --add-modules java.base,java.logging,java.management,java.naming,java.xml,jdk.unsupported,jdk.incubator.vector 2>&1 |
    grep -v incubator || true

for jar in bench deploy coordinator client-lib shard-node proto jcuda picocli slf4j-api jul-to-slf4j logback-classic \
    logback-core jackson-annotations jackson-core jackson-databind jackson-datatype-jdk8 jspecify HdrHistogram protobuf-java grpc-api guava failureaccess; do
    cp bench/target/lib/"$jar"-[0-9]*.jar "$pack/lib"
done
# Of JCuda's binaries, the driver's binding alone.
mkdir "$pack/natives"
(cd "$pack/natives" && "$JAVA_HOME/bin/jar" xf "$root"/bench/target/lib/jcuda-natives-*-linux-x86_64.jar)
find "$pack/natives" -type f ! -name 'libJCudaDriver*' -exec rm {} +
(cd "$pack/natives" && "$JAVA_HOME/bin/jar" cf "$pack/lib/jcuda-driver-natives.jar" lib)
rm -r "$pack/natives"

./mvnw -B -q -N $DEPENDENCY_PLUGIN:copy -DoutputDirectory="$pack/lib" \
    -Dartifact=org.junit.platform:junit-platform-console-standalone:$JUNIT
./mvnw -B -q -pl shard-node $DEPENDENCY_PLUGIN:copy-dependencies -DoutputDirectory="$pack/lib" \
    -DincludeScope=test -DincludeArtifactIds=assertj-core,byte-buddy
cp -r shard-node/target/test-classes/org "$pack/shard-node/tests"
rm -rf "$pack/shard-node/tests/org/morphogen/node/cuda/host"
cp proto/src/test/resources/vectors/dpf-vectors.json "$pack/proto/src/test/resources/vectors"
cp bench/gpu/check.sh "$pack"

{
    cat <<'HEAD'
#!/bin/sh
# Checks and measures Morphogen's CUDA engine on this machine; arguments go to check.sh inside.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
sed '1,/^PAYLOAD$/d' "$0" | tar -xz -C "$folder"
status=0
sh "$folder/check.sh" "$@" || status=$?
exit $status
PAYLOAD
HEAD
    tar -cz -C "$pack" .
} >"$out"
chmod +x "$out"
echo "$out: $(($(wc -c <"$out") / 1000000)) MB"
