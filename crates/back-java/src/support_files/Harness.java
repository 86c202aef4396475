import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

final class Harness {
    /** Bytes that can be cut back. */
    static final class Out {
        private byte[] bytes = new byte[1 << 16];
        private int size;

        int size() {
            return size;
        }

        void truncate(int to) {
            size = to;
        }

        byte[] toByteArray() {
            return bytes;
        }

        void write(byte[] more) {
            if (size + more.length > bytes.length) {
                bytes = java.util.Arrays.copyOf(bytes, Math.max(bytes.length * 2, size + more.length));
            }
            System.arraycopy(more, 0, bytes, size, more.length);
            size += more.length;
        }
    }

    static ByteBuffer in;
    static final Out out = new Out();

    public static void main(String[] arguments) throws java.io.IOException {
        in = ByteBuffer.wrap(System.in.readAllBytes()).order(ByteOrder.LITTLE_ENDIAN);
        while (in.hasRemaining()) {
            int number = in.getInt();
            run(number, in.getInt());
        }
        System.out.write(out.toByteArray(), 0, out.size());
        System.out.flush();
    }

    static boolean getBool() {
        return in.get() != 0;
    }

    static int getInt() {
        return in.getInt();
    }

    static long getLong() {
        return in.getLong();
    }

    static float getFloat() {
        return in.getFloat();
    }

    static double getDouble() {
        return in.getDouble();
    }

    static String getText() {
        byte[] bytes = new byte[in.getInt()];
        in.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    static void putBool(boolean x) {
        out.write(new byte[] {(byte) (x ? 1 : 0)});
    }

    static void putInt(int x) {
        out.write(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(x).array());
    }

    static void putLong(long x) {
        out.write(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(x).array());
    }

    // Both give every NaN as the canonical one: its sign and payload are not defined by any target.
    static void putFloat(float x) {
        putInt(Float.floatToIntBits(x));
    }

    static void putDouble(double x) {
        putLong(Double.doubleToLongBits(x));
    }

    static void putText(String x) {
        byte[] bytes = x.getBytes(StandardCharsets.UTF_8);
        putInt(bytes.length);
        out.write(bytes);
    }

