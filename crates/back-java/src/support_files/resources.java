    private static java.nio.ByteBuffer resource(String name) {
        try (java.io.InputStream stream = Tables.class.getResourceAsStream(name)) {
            if (stream == null) {
                throw new IllegalStateException("the resource " + name + " is not on the class path");
            }
            return java.nio.ByteBuffer.wrap(stream.readAllBytes()).order(java.nio.ByteOrder.LITTLE_ENDIAN);
        } catch (java.io.IOException error) {
            throw new java.io.UncheckedIOException(error);
        }
    }

    private static int[] ints(String name) {
        java.nio.IntBuffer buffer = resource(name).asIntBuffer();
        int[] values = new int[buffer.remaining()];
        buffer.get(values);
        return values;
    }

    private static long[] longs(String name) {
        java.nio.LongBuffer buffer = resource(name).asLongBuffer();
        long[] values = new long[buffer.remaining()];
        buffer.get(values);
        return values;
    }

    private static float[] floats(String name) {
        java.nio.FloatBuffer buffer = resource(name).asFloatBuffer();
        float[] values = new float[buffer.remaining()];
        buffer.get(values);
        return values;
    }

    private static double[] doubles(String name) {
        java.nio.DoubleBuffer buffer = resource(name).asDoubleBuffer();
        double[] values = new double[buffer.remaining()];
        buffer.get(values);
        return values;
    }

    private static boolean[] booleans(String name) {
        java.nio.ByteBuffer buffer = resource(name);
        boolean[] values = new boolean[buffer.remaining()];
        for (int i = 0; i < values.length; i++) {
            values[i] = buffer.get(i) != 0;
        }
        return values;
    }

    private static String[] strings(String name) {
        java.nio.ByteBuffer buffer = resource(name);
        String[] values = new String[buffer.getInt(0) / 4 - 1];
        for (int i = 0; i < values.length; i++) {
            int start = buffer.getInt(i * 4);
            int length = buffer.getInt(i * 4 + 4) - start;
            values[i] = new String(buffer.array(), start, length, java.nio.charset.StandardCharsets.UTF_8);
        }
        return values;
    }
