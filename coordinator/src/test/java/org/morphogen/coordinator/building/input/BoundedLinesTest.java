package org.morphogen.coordinator.building.input;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 30, unit = TimeUnit.SECONDS)
class BoundedLinesTest {
    @Test
    void splitsAtLineEndsAndKeepsTheLastLineWithoutOne() throws IOException {
        assertThat(lines("")).isEmpty();
        assertThat(lines("a")).containsExactly("1:a");
        assertThat(lines("a\n")).containsExactly("1:a");
        assertThat(lines("a\r\n\nb")).containsExactly("1:a", "2:", "3:b");
        assertThat(lines("\ufeffa\n\ufeffb")).containsExactly("1:a", "2:\ufeffb");
    }

    @Test
    void linesOfAnyLengthAgreeWithAPlainSplit() throws IOException {
        long seed = 11;
        Random random = new Random(seed);
        StringBuilder text = new StringBuilder();
        List<String> expected = new ArrayList<>();
        for (int line = 1; line <= 300; line++) {
            String content = "x".repeat(random.nextInt(5) == 0 ? random.nextInt(200_000) : random.nextInt(90));
            text.append(content).append('\n');
            expected.add(line + ":" + content);
        }
        assertThat(lines(text.toString())).as("seed %d", seed).isEqualTo(expected);
    }

    @Test
    void longestLineIsTakenAndOneByteMoreIsNot() throws IOException {
        String longest = "y".repeat(BoundedLines.MAX_LINE_BYTES);
        assertThat(lines(longest + "\n" + longest + "y\nz")).containsExactly("1:" + longest, "2 too long", "3:z");
    }

    /** A stream that never ends its line: memory stays bounded, or this test dies of it. */
    @Test
    void endlessLineTakesNoMemory() throws IOException {
        InputStream endless = new InputStream() {
            private long left = 3L << 30;

            @Override
            public int read() {
                return left-- > 0 ? 'x' : -1;
            }

            @Override
            public int read(byte[] into, int offset, int length) {
                left -= length;
                return left > 0 ? length : -1;
            }
        };
        BoundedLines lines = new BoundedLines(endless);

        assertThat(lines.advance()).isTrue();
        assertThat(lines.isTooLong()).isTrue();
        assertThat(lines.bytes().length).isLessThanOrEqualTo(2 * BoundedLines.MAX_LINE_BYTES);
        assertThat(lines.advance()).isFalse();
    }

    private static List<String> lines(String text) throws IOException {
        BoundedLines lines = new BoundedLines(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
        List<String> all = new ArrayList<>();
        while (lines.advance()) {
            all.add(lines.isTooLong() ? lines.number() + " too long" : lines.number() + ":" + lines.text());
        }
        return all;
    }
}
