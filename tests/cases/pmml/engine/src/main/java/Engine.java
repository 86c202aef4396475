import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jpmml.evaluator.Computable;
import org.jpmml.evaluator.Evaluator;
import org.jpmml.evaluator.EvaluatorUtil;
import org.jpmml.evaluator.InputField;
import org.jpmml.evaluator.LoadingModelEvaluatorBuilder;
import org.jpmml.evaluator.OutputField;
import org.jpmml.evaluator.TargetField;

/** Scores rows.csv of each case folder given, writing expected.csv beside it. An empty cell is a missing value. */
public class Engine {
    public static void main(String[] folders) throws Exception {
        for (String folder : folders) {
            try {
                score(Path.of(folder));
            } catch (Exception error) {
                System.out.println(folder + ": " + error);
            }
        }
    }

    static void score(Path folder) throws Exception {
        Evaluator evaluator = new LoadingModelEvaluatorBuilder().load(new File(folder.toFile(), "model.pmml")).build();
        List<List<String>> rows = csv(folder.resolve("rows.csv"));
        List<String> names = rows.remove(0);
        List<String> results = new ArrayList<>();
        for (TargetField field : evaluator.getTargetFields()) {
            results.add(field.isSynthetic() ? "prediction" : field.getName());
        }
        for (OutputField field : evaluator.getOutputFields()) {
            results.add(field.getName());
        }
        try (PrintWriter out = new PrintWriter(folder.resolve("expected.csv").toFile(), "UTF-8")) {
            List<String> head = new ArrayList<>(results);
            head.add("#status");
            out.print(line(head));
            for (List<String> row : rows) {
                List<String> cells = new ArrayList<>();
                String status = "scored";
                try {
                    Map<String, Object> arguments = new LinkedHashMap<>();
                    for (InputField field : evaluator.getInputFields()) {
                        int at = names.indexOf(field.getName());
                        String text = at < 0 ? "" : row.get(at);
                        arguments.put(field.getName(), field.prepare(text.isEmpty() ? null : text));
                    }
                    Map<String, ?> scored = evaluator.evaluate(arguments);
                    for (String name : results) {
                        Object value = scored.get(name.equals("prediction") && !scored.containsKey(name) ? null : name);
                        cells.add(text(value instanceof Computable ? ((Computable) value).getResult() : value));
                    }
                } catch (Exception error) {
                    System.out.println(folder.getFileName() + ": " + row + ": " + error);
                    status = "invalid";
                    cells.clear();
                    results.forEach(name -> cells.add(""));
                }
                cells.add(status);
                out.print(line(cells));
            }
        }
    }

    static String text(Object value) {
        return value == null ? "" : value.toString().replace("Infinity", "inf");
    }

    static String line(List<String> cells) {
        List<String> quoted = new ArrayList<>();
        for (String cell : cells) {
            quoted.add(cell.matches("(?s).*[\",\n].*") ? '"' + cell.replace("\"", "\"\"") + '"' : cell);
        }
        return String.join(",", quoted) + "\n";
    }

    static List<List<String>> csv(Path path) throws IOException {
        List<List<String>> rows = new ArrayList<>();
        for (String line : Files.readAllLines(path)) {
            List<String> cells = new ArrayList<>();
            StringBuilder cell = new StringBuilder();
            boolean quoted = false;
            for (int i = 0; i < line.length(); i++) {
                char c = line.charAt(i);
                if (quoted && c == '"' && i + 1 < line.length() && line.charAt(i + 1) == '"') {
                    cell.append('"');
                    i++;
                } else if (c == '"') {
                    quoted = !quoted;
                } else if (c == ',' && !quoted) {
                    cells.add(cell.toString());
                    cell.setLength(0);
                } else {
                    cell.append(c);
                }
            }
            cells.add(cell.toString());
            rows.add(cells);
        }
        return rows;
    }
}
