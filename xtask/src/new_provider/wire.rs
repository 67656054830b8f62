//! Makes the facade, the command and the workspace know a provider: every list stays in order.

use std::{fs, path::Path};

use toml_edit::{Array, DocumentMut, InlineTable, Item, TableLike, Value};

pub(super) fn wire(root: &Path, name: &str, type_name: &str, keys: &[&str]) -> Result<(), String> {
    let package = format!("paystatus-{name}");
    manifest(root, "Cargo.toml", |manifest| {
        let mut entry = InlineTable::new();
        entry.insert("path", format!("crates/{package}").into());
        entry.insert("version", "0.1.0".into());
        entry.insert("default-features", false.into());
        insert(table(manifest, &["workspace", "dependencies"])?, &package, entry.into(), "paystatus-");
        Some(())
    })?;
    manifest(root, "crates/paystatus/Cargo.toml", |manifest| {
        let feature = Array::from_iter([format!("dep:{package}")]);
        let features = table(manifest, &["features"])?;
        insert(features, name, feature.into(), "");
        features.key_mut(name)?.leaf_decor_mut().set_prefix(format!("## The {type_name} provider.\n"));
        let mut entry = InlineTable::new();
        entry.insert("workspace", true.into());
        entry.insert("optional", true.into());
        insert(table(manifest, &["dependencies"])?, &package, entry.into(), "paystatus-");
        Some(())
    })?;
    manifest(root, "crates/paystatus-cli/Cargo.toml", |manifest| {
        let features =
            table(manifest, &["dependencies", "paystatus"])?.get_mut("features")?.as_array_mut()?;
        let before = features.iter().position(|other| other.as_str() > Some(name)).unwrap_or(features.len());
        features.insert(before, name);
        features.fmt();
        Some(())
    })?;
    lines(
        root,
        "crates/paystatus/src/configuration.rs",
        "    provider!(\"",
        "];",
        &format!("    provider!(\"{name}\", asking, paystatus_{name}::{type_name}),\n"),
        0,
    )?;
    let export =
        format!("#[cfg(feature = \"{name}\")]\n#[doc(no_inline)]\npub use paystatus_{name} as {name};\n");
    lines(root, "crates/paystatus/src/lib.rs", "#[cfg(feature = \"", "", &export, 0)?;
    let entry = format!(
        "    Provider {{\n        name: \"{name}\",\n        keys: &{keys:?},\n        options: &[],\n        \
         by_order: false,\n        tells: \"nothing yet: its status table is empty\",\n        \
         cannot_tell: \"anything\",\n    }},\n"
    );
    lines(root, "crates/paystatus-cli/src/providers.rs", "        name: \"", "];", &entry, 1)?;
    if root.join("docs/SUMMARY.md").exists() {
        let page = format!("  - [{type_name}](providers/{name}.md)\n");
        lines(root, "docs/SUMMARY.md", "](providers/", "", &page, 0)?;
    }
    Ok(())
}

fn manifest(
    root: &Path,
    file: &str,
    edit: impl FnOnce(&mut DocumentMut) -> Option<()>,
) -> Result<(), String> {
    let text = read(root, file)?;
    let mut manifest = text.parse::<DocumentMut>().map_err(|error| format!("{file}: {error}"))?;
    edit(&mut manifest).ok_or_else(|| format!("{file} has not the tables that it had"))?;
    write(root, file, &manifest.to_string())
}

fn table<'a>(manifest: &'a mut DocumentMut, keys: &[&str]) -> Option<&'a mut dyn TableLike> {
    keys.iter().try_fold(manifest.as_item_mut(), |item, key| item.get_mut(*key))?.as_table_like_mut()
}

/// Inserts in the order of the names among those with the same beginning, comments and blank lines left where they are.
fn insert(table: &mut dyn TableLike, name: &str, value: Value, alike: &str) {
    let entries: Vec<(String, Item)> =
        table.iter().map(|(key, item)| (key.to_owned(), item.clone())).collect();
    let decors: Vec<_> =
        entries.iter().map(|(key, _)| table.key(key).map(|key| key.leaf_decor().clone())).collect();
    let is_after = |key: &str| key.starts_with(alike) && key != "default" && key > name;
    let place = entries.iter().position(|(key, _)| is_after(key)).unwrap_or_else(|| {
        entries.iter().rposition(|(key, _)| key.starts_with(alike)).map_or(entries.len(), |last| last + 1)
    });
    let tail = &entries[place..];
    for (key, _) in tail {
        table.remove(key);
    }
    table.insert(name, Item::Value(value));
    for ((key, item), decor) in tail.iter().zip(&decors[place..]) {
        table.insert(key, item.clone());
        if let (Some(mut key), Some(decor)) = (table.key_mut(key), decor) {
            *key.leaf_decor_mut() = decor.clone();
        }
    }
}

/// Inserts into a list of lines in order: before the first entry that is greater, or before the list's end.
///
/// `mark` is in the line of an entry that has its name; the entry begins so many lines before it.
fn lines(root: &Path, file: &str, mark: &str, end: &str, entry: &str, above: usize) -> Result<(), String> {
    let text = read(root, file)?;
    let all: Vec<&str> = text.split_inclusive('\n').collect();
    let key = |line: &str| line.find(mark).map(|at| line[at..].to_owned());
    let own = entry.lines().find_map(key).unwrap_or_default();
    let is_entry = |line: &&str| key(line).is_some() && !line.contains("README.md");
    let Some(last) = all.iter().rposition(is_entry) else {
        return Err(format!("{file}: there is no `{mark}` to stand beside"));
    };
    let greater = all.iter().position(|line| is_entry(line) && key(line).is_some_and(|key| key > own));
    let at = match greater {
        Some(greater) => greater - above,
        None if end.is_empty() => {
            let rest = all[last..].iter().position(|line| line.trim().is_empty());
            let last_line = rest.map_or(all.len(), |rest| last + rest);
            if file.ends_with(".md") { last + 1 } else { last_line }
        }
        None => last + all[last..].iter().position(|line| line.trim_end() == end).unwrap_or(1),
    };
    let written = [&all[..at].concat(), entry, &all[at..].concat()].concat();
    write(root, file, &written)
}

fn read(root: &Path, file: &str) -> Result<String, String> {
    fs::read_to_string(root.join(file)).map_err(|error| format!("{file}: {error}"))
}

fn write(root: &Path, file: &str, text: &str) -> Result<(), String> {
    fs::write(root.join(file), text).map_err(|error| format!("{file}: {error}"))
}
