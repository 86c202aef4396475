//! Tables from other files than CSV: what a script reads with another reader is recorded and scored as well.

mod support;

use front_python::Options;
use std::fs;
use std::process::Command;

const FILES: &str = "
import pandas as pd
train = pd.DataFrame({'city': ['a', 'b', 'a', None], 'x': [1.5, None, 2.5, -1.0], 'n': [1, 2, 3, 4], 'y': [0, 1, 0, 1]})
score = train.drop(columns='y').iloc[[3, 1, 0]].reset_index(drop=True)
for name, table in (('train', train), ('score', score)):
    table.to_parquet(f'{name}.parquet')
    table.to_feather(f'{name}.feather')
    table.to_json(f'{name}.jsonl', orient='records', lines=True)
    table.to_csv(f'{name}.txt', sep='\\t', index=False)
    table.to_csv(f'{name}.csv', index=False)
";

#[test]
fn tables_of_other_files_are_recorded_and_scored() {
    let Some(reference) = support::python() else { return };
    let folder = tempfile::tempdir().unwrap();
    let made = Command::new(reference.python()).args(["-c", FILES]).current_dir(&folder).status().unwrap();
    assert!(made.success(), "the tables cannot be written");
    let readers = [
        ("pd.read_parquet(folder / 'NAME.parquet')", "parquet"),
        ("pd.read_feather('NAME.feather')", "feather"),
        ("pd.read_json(path_or_buf='NAME.jsonl', lines=True)", "json"),
        ("pd.read_table('NAME.txt')", "table"),
    ];
    for (reader, name) in readers {
        let read = |name: &str| reader.replace("NAME", name);
        let text = format!(
            "from pathlib import Path\nimport pandas as pd\nfolder = Path(__file__).parent\ntrain = {}\nscore = {}\nmean = train['x'].mean()\n\
             out = score[['city', 'n']].copy()\nout['x'] = score['x'].fillna(mean) + score['n']\n",
            read("train"),
            read("score")
        );
        let script = folder.path().join(format!("{name}.py"));
        fs::write(&script, text).unwrap();
        let options = Options { output: Some("out".to_owned()), ..Options::default() };
        let (conversion, differences) = support::compare(&reference, &script, &options, 0).unwrap_or_else(|_| panic!("{name} is refused"));
        assert_eq!(conversion.module.entry_function().unwrap().params.len(), 3, "{name}");
        assert!(differences.is_empty(), "{name}: {differences:?}");
    }
}
