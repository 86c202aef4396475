//! The toolchains of this machine, and what to say when one is not there.

use std::path::PathBuf;

/// A program that emitted code needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Tool {
    Rustc,
    Javac,
    Java,
    Node,
}

/// A program that was looked for and not found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Missing(pub Tool);

impl Tool {
    pub fn name(self) -> &'static str {
        match self {
            Tool::Rustc => "rustc",
            Tool::Javac => "javac",
            Tool::Java => "java",
            Tool::Node => "node",
        }
    }

    /// What to install, and the environment variable that says where it is.
    fn advice(self) -> &'static str {
        match self {
            Tool::Rustc => "install Rust (rustup), or leave out the target `rust`",
            Tool::Javac | Tool::Java => {
                "install a JDK, version 17 or newer (Debian: apt-get install openjdk-17-jdk-headless), or set JAVA_HOME, or leave out the target `java`"
            }
            Tool::Node => "install Node.js, version 20 or newer, or leave out the target `wasm`",
        }
    }
}

impl std::fmt::Display for Missing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "`{}` is not on this machine's PATH: {}", self.0.name(), self.0.advice())
    }
}

/// Where to look for programs: `JAVA_HOME/bin` for Java, then `PATH`.
#[derive(Debug, Clone, Default)]
pub struct Tools {
    folders: Vec<PathBuf>,
}

impl Tools {
    /// Those of the environment.
    pub fn of_environment() -> Tools {
        let java = std::env::var_os("JAVA_HOME").map(|home| PathBuf::from(home).join("bin"));
        let path = std::env::var_os("PATH").unwrap_or_default();
        Tools { folders: java.into_iter().chain(std::env::split_paths(&path)).collect() }
    }

    /// Those of some folders only.
    pub fn of_folders(folders: Vec<PathBuf>) -> Tools {
        Tools { folders }
    }

    pub fn path(&self, tool: Tool) -> Result<PathBuf, Missing> {
        let file = format!("{}{}", tool.name(), std::env::consts::EXE_SUFFIX);
        self.folders.iter().map(|folder| folder.join(&file)).find(|path| path.is_file()).ok_or(Missing(tool))
    }
}
