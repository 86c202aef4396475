    /** Scores rows, each on its own. */
    public static Scores scoreBatch(List<Input> rows) {
        Scores scores = new Scores(new Output[rows.size()], new Rejection[rows.size()]);
        for (int i = 0; i < rows.size(); i++) {
            put(scores, i, rows.get(i));
        }
        return scores;
    }

    private static void put(Scores scores, int at, Input row) {
        try {
            scores.outputs()[at] = score(row);
        } catch (RejectedRowException rejected) {
            scores.rejections()[at] = rejected.rejection();
        }
    }

