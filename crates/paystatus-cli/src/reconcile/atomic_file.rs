use std::{
    fs::{self, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
};

use tempfile::NamedTempFile;

/// A file that takes the place of another as a whole, or not at all.
///
/// Until [`replace`](Self::replace) everything goes to a temporary file in the same folder, and dropping it leaves
/// what was there as it was.
/// A file that is replaced hands its permissions down; a new one has those that the system gives to any new file.
/// A symbolic link stays, and the file that it points to is replaced.
#[derive(Debug)]
pub(super) struct AtomicFile {
    /// Where it will be, behind a link.
    path: PathBuf,
    temporary: NamedTempFile,
}

impl AtomicFile {
    /// Begins a file that will be called so.
    ///
    /// # Errors
    /// If its folder can't be written to, or something else than an ordinary file has the name, such as a folder or a
    /// device.
    pub(super) fn create(named: &Path) -> io::Result<Self> {
        let (path, before) = match fs::canonicalize(named) {
            Ok(path) => {
                let before = fs::metadata(&path)?;
                if !before.is_file() {
                    return Err(io::Error::other("it is no ordinary file"));
                }
                (path, Some(before.permissions()))
            }
            Err(_) if fs::symlink_metadata(named).is_ok_and(|found| found.is_symlink()) => {
                return Err(io::Error::other("it is a link to nothing"));
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => (named.to_owned(), None),
            Err(error) => return Err(error),
        };
        // Opened by hand, it has the permissions of any new file, and no error names a file that nobody knows.
        let temporary = tempfile::Builder::new()
            .prefix(".paystatus-")
            .suffix(".tmp")
            .make_in(folder_of(&path), |path| OpenOptions::new().write(true).create_new(true).open(path))?;
        if let Some(permissions) = before {
            temporary.as_file().set_permissions(permissions)?;
        }
        Ok(Self { path, temporary })
    }

    /// Puts the file in its place, once all of it is on the disk.
    ///
    /// # Errors
    /// If that can't be done; what was there before is untouched.
    pub(super) fn replace(self) -> io::Result<()> {
        let Self { path, temporary } = self;
        temporary.as_file().sync_all()?;
        temporary.persist(&path).map_err(|error| error.error)?;
        // The new name survives a crash of the machine only with its folder; some file systems can't do that.
        #[cfg(unix)]
        let _ = fs::File::open(folder_of(&path)).and_then(|folder| folder.sync_all());
        Ok(())
    }
}

impl Write for AtomicFile {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        self.temporary.as_file_mut().write(buffer)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.temporary.as_file_mut().flush()
    }
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(path: &Path, text: &str) -> AtomicFile {
        let mut file = AtomicFile::create(path).unwrap();
        file.write_all(text.as_bytes()).unwrap();
        file
    }

    #[test]
    fn a_file_that_is_given_up_leaves_everything_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.csv");
        drop(write(&path, "new"));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
        fs::write(&path, "old").unwrap();
        drop(write(&path, "new"));
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
        write(&path, "new").replace().unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn what_is_no_ordinary_file_is_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let error = AtomicFile::create(folder.path()).unwrap_err();
        assert_eq!(error.to_string(), "it is no ordinary file");
    }

    #[test]
    fn an_error_names_no_file_that_nobody_knows() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("nowhere").join("out.csv");
        let error = AtomicFile::create(&path).unwrap_err();
        assert_eq!(error.to_string(), fs::File::open(&path).unwrap_err().to_string());
        let path = folder.path().join("out.csv");
        let file = write(&path, "new");
        fs::create_dir(&path).unwrap();
        let error = file.replace().unwrap_err();
        assert!(!error.to_string().contains(".paystatus-"), "{error}");
    }

    #[cfg(unix)]
    #[test]
    fn permissions_and_links_stay() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let folder = tempfile::tempdir().unwrap();
        let (path, link, plain) =
            (folder.path().join("out.csv"), folder.path().join("link.csv"), folder.path().join("plain"));
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        fs::write(&plain, "").unwrap();
        write(&path, "first").replace().unwrap();
        assert_eq!(mode(&path), mode(&plain));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        symlink("out.csv", &link).unwrap();
        write(&link, "second").replace().unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        let dangling = folder.path().join("dangling.csv");
        symlink("nowhere.csv", &dangling).unwrap();
        let error = AtomicFile::create(&dangling).unwrap_err();
        assert_eq!(error.to_string(), "it is a link to nothing");
        assert_eq!((fs::read_to_string(&path).unwrap().as_str(), mode(&path)), ("second", 0o640));
    }
}
