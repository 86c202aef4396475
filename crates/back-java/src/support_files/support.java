//? Support.trunc(
    /** Toward zero. */
    static double trunc(double x) {
        return x < 0 ? Math.ceil(x) : Math.floor(x);
    }

//? Support.div(
    /** The quotient of two integers, toward zero; 0 for a zero divisor. */
    static long div(long a, long b) {
        return b == 0 ? 0 : a / b;
    }

    /** The quotient of two integers, toward zero; 0 for a zero divisor. */
    static int div(int a, int b) {
        return b == 0 ? 0 : a / b;
    }

//? Support.rem(
    /** The remainder of two integers, with the sign of the first; 0 for a zero divisor. */
    static long rem(long a, long b) {
        return b == 0 ? 0 : a % b;
    }

    /** The remainder of two integers, with the sign of the first; 0 for a zero divisor. */
    static int rem(int a, int b) {
        return b == 0 ? 0 : a % b;
    }

//? Support.compare(
    /** Orders text by code point; {@link String#compareTo} orders by UTF-16 unit. */
    static int compare(String a, String b) {
        int i = 0;
        while (i < a.length() && i < b.length() && a.charAt(i) == b.charAt(i)) {
            i++;
        }
        if (i == a.length() || i == b.length()) {
            return Integer.compare(a.length(), b.length());
        }
        char x = a.charAt(i);
        char y = b.charAt(i);
        // Units of code points above U+FFFF come after all others.
        if (Character.isSurrogate(x) != Character.isSurrogate(y)) {
            return Character.isSurrogate(x) ? 1 : -1;
        }
        return Character.compare(x, y);
    }

//? Support.codeAt(
    /** The code point at a position, -1 outside. */
    static int codeAt(String text, long at) {
        if (at < 0 || at >= text.codePointCount(0, text.length())) {
            return -1;
        }
        return text.codePointAt(text.offsetByCodePoints(0, (int) at));
    }

//? Support.slice(
    /** The code points {@code start..end}, the bounds clamped into the text. */
    static String slice(String text, long start, long end) {
        int count = text.codePointCount(0, text.length());
        int from = (int) Math.max(0, Math.min(count, start));
        int to = (int) Math.max(0, Math.min(count, end));
        return from < to ? text.substring(text.offsetByCodePoints(0, from), text.offsetByCodePoints(0, to)) : "";
    }

//? Support.replace(
    /** Every {@code part} replaced; an empty one changes nothing. */
    static String replace(String text, String part, String by) {
        return part.isEmpty() ? text : text.replace(part, by);
    }

//? Support.find(
    /** The position of the first {@code part} in code points, -1 if there is none. */
    static long find(String text, String part) {
        int at = text.indexOf(part);
        return at < 0 ? -1 : text.codePointCount(0, at);
    }

//? Support.strip
    /** White space as Python has it. */
    private static boolean isSpace(char c) {
        return c >= 0x09 && c <= 0x0d || c >= 0x1c && c <= 0x20 || c == 0x85 || c == 0xa0 || c == 0x1680 || c >= 0x2000 && c <= 0x200a
                || c == 0x2028 || c == 0x2029 || c == 0x202f || c == 0x205f || c == 0x3000;
    }

    /** Without white space at the start. */
    static String stripLeading(String text) {
        int start = 0;
        while (start < text.length() && isSpace(text.charAt(start))) {
            start++;
        }
        return text.substring(start);
    }

    /** Without white space at the end. */
    static String stripTrailing(String text) {
        int end = text.length();
        while (end > 0 && isSpace(text.charAt(end - 1))) {
            end--;
        }
        return text.substring(0, end);
    }

    /** Without white space at both ends. */
    static String strip(String text) {
        return stripTrailing(stripLeading(text));
    }

//? Support.mapCase
    /** Maps each code point: by a special row to several, by a run of (first, count, step, delta) to itself plus delta, else to itself. */
    private static String mapCase(String text, int[] runs, int[] codes, String[] special) {
        StringBuilder out = new StringBuilder(text.length());
        text.codePoints().forEach(code -> {
            int at = java.util.Arrays.binarySearch(codes, code);
            if (at >= 0) {
                out.append(special[at]);
                return;
            }
            int low = 0;
            int high = runs.length / 4;
            while (low < high) {
                int middle = (low + high) >>> 1;
                if (runs[middle * 4] <= code) {
                    low = middle + 1;
                } else {
                    high = middle;
                }
            }
            // Runs interleave, but never more than four of them.
            for (int run = low - 1; run >= 0 && run >= low - 4; run--) {
                int offset = code - runs[run * 4];
                if (offset % runs[run * 4 + 2] == 0 && offset / runs[run * 4 + 2] < runs[run * 4 + 1]) {
                    out.appendCodePoint(code + runs[run * 4 + 3]);
                    return;
                }
            }
            out.appendCodePoint(code);
        });
        return out.toString();
    }

