package org.morphogen.coordinator.building.input;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.CharConversionException;
import java.io.IOException;
import java.io.InputStream;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import org.morphogen.coordinator.ethereum.CodeHash;
import org.morphogen.coordinator.ethereum.Excerpt;

/**
 * A genesis file as geth reads it: one JSON object, of which {@code alloc} maps addresses to accounts with
 * {@code balance} and, if they have them, {@code nonce}, {@code code} and {@code storage}. Tables of accounts get the
 * accounts, tables of slots their storage. Everything beside {@code alloc} is passed over.
 */
record GenesisReader() implements EntryReader {
    @Override
    public void read(InputStream in, Columns columns, EntryTarget target) throws IOException {
        try (JsonParser parser = JsonFields.JSON.createParser(in)) {
            try {
                new Reading(parser, columns.required().contains(Column.SLOT), target).document();
            } catch (JacksonException broken) {
                target.error(
                        broken.getLocation() == null ? 1 : broken.getLocation().getLineNr(),
                        "is not JSON: " + Excerpt.of(broken.getOriginalMessage()));
            } catch (CharConversionException garbled) {
                target.error(1, "is not JSON: " + Excerpt.of(garbled.getMessage()));
            }
        }
    }

    /** One file being read. */
    private static final class Reading {
        private final JsonParser parser;
        private final boolean slots;
        private final EntryTarget target;
        private final Fields fields = new Fields();

        Reading(JsonParser parser, boolean slots, EntryTarget target) {
            this.parser = parser;
            this.slots = slots;
            this.target = target;
        }

        void document() throws IOException {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                target.error(line(), "is not a JSON object");
                return;
            }
            int allocs = 0;
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                boolean alloc = parser.currentName().equals("alloc");
                parser.nextToken();
                if (alloc && ++allocs == 1) {
                    alloc();
                } else {
                    parser.skipChildren();
                }
            }
            if (allocs != 1) {
                target.error(line(), allocs == 0 ? "alloc: is missing" : "alloc: stands twice");
            } else if (parser.nextToken() != null) {
                target.error(line(), "something follows the JSON object");
            }
        }

        private void alloc() throws IOException {
            if (parser.currentToken() != JsonToken.START_OBJECT) {
                target.error(line(), "alloc: is not a JSON object");
                parser.skipChildren();
                return;
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                account(parser.currentName());
            }
        }

        private void account(String address) throws IOException {
            long line = line();
            fields.clear();
            fields.set(Column.ADDRESS, address);
            String problem = accountFields(address);
            if (!problem.isEmpty()) {
                target.error(line, "account " + Excerpt.of(address) + ": " + problem);
            } else if (!slots) {
                target.entry(line, fields);
            }
        }

        /** Reads the fields of an account; tells the first thing that is wrong with them, or nothing. */
        private String accountFields(String address) throws IOException {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                parser.skipChildren();
                return "is not a JSON object";
            }
            String problem = "";
            boolean storage = false;
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                parser.nextToken();
                boolean again = storage && name.equals("storage");
                storage |= name.equals("storage");
                String found = field(name, address);
                problem = !problem.isEmpty() ? problem : again ? "storage: stands twice" : found;
            }
            return problem;
        }

        /** Reads one field of an account; tells what is wrong with it, or nothing. */
        private String field(String name, String address) throws IOException {
            return switch (name) {
                case "balance" -> slots ? skip() : JsonFields.set(fields, Column.BALANCE, parser);
                case "nonce" -> slots ? skip() : JsonFields.set(fields, Column.NONCE, parser);
                case "code" -> slots ? skip() : code();
                case "storage" -> slots ? storage(address) : skip();
                default -> {
                    parser.skipChildren();
                    yield "'" + Excerpt.of(name) + "' is none of balance, nonce, code, storage";
                }
            };
        }

        private String code() throws IOException {
            if (fields.has(Column.CODE_HASH)) {
                parser.skipChildren();
                return "code: stands twice";
            }
            String text = parser.currentToken() == JsonToken.VALUE_STRING ? parser.getText() : "?";
            parser.skipChildren();
            byte @Nullable [] code = hexBytes(text);
            if (code == null) {
                return "code: is not an even number of hex digits";
            }
            fields.set(Column.CODE_HASH, CodeHash.of(code).hex());
            return "";
        }

        private String storage(String address) throws IOException {
            if (parser.currentToken() != JsonToken.START_OBJECT) {
                parser.skipChildren();
                return "storage: is not a JSON object";
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                long line = line();
                String slot = parser.currentName();
                parser.nextToken();
                fields.clear();
                fields.set(Column.ADDRESS, address);
                fields.set(Column.SLOT, slot);
                String problem = JsonFields.set(fields, Column.VALUE, parser);
                if (problem.isEmpty()) {
                    target.entry(line, fields);
                } else {
                    target.error(line, "account " + Excerpt.of(address) + ": storage: " + problem);
                }
            }
            return "";
        }

        private String skip() throws IOException {
            parser.skipChildren();
            return "";
        }

        private long line() {
            return parser.currentTokenLocation().getLineNr();
        }
    }

    private static byte @Nullable [] hexBytes(String text) {
        String digits = text.startsWith("0x") || text.startsWith("0X") ? text.substring(2) : text;
        boolean hex = digits.length() % 2 == 0 && digits.chars().allMatch(HexFormat::isHexDigit);
        return hex ? HexFormat.of().parseHex(digits) : null;
    }
}
