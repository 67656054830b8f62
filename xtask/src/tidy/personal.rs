//! What looks as if it belonged to somebody: keys, card numbers, phone numbers, payment and mail addresses.

use super::{Findings, Tree};

/// What looks real and is not, each with its reason; a line that nothing needs any more is reported.
const ALLOWED: &[(&str, &str)] = &[
    ("0x056397760b973BfB921Bc10Be9DA5034B1e921d7", "the wallet of the sample in Resmic's documentation"),
    (
        "eW91cl9wdWJsaWNfa2V5OnlvdXJfc2VjcmV0X2tleQ",
        "`your_public_key:your_secret_key`, UPITranzact's documentation",
    ),
    ("Y2FuYXJ5LXVzZXI6Y2FuYXJ5LXBhc3N3b3Jk", "`canary-user:canary-password` as Basic credentials"),
    ("success@gmail.com", "the customer of the sample in Akurateco's documentation"),
    ("test@mail.com", "the customer of another sample there"),
    ("1715150400000", "a time in milliseconds with a plus sign, which must be refused"),
];

/// How live keys of well-known services begin; the gap keeps this file free of them.
const KEYS: &[&str] = &[
    "sk_ live_",
    "pk_ live_",
    "rk_ live_",
    "rzp_ live_",
    "whsec_ ",
    "gh p_",
    "gho _",
    "github_ pat_",
    "gl pat-",
    "xox b-",
    "xox p-",
    "AI za",
    "SG .",
    "AK IA",
    "AS IA",
    "sk- ant-",
    "npm _",
    "cio ",
];

/// The handles of banks and apps that give out UPI addresses.
const HANDLES: &[&str] = &[
    "abfspay",
    "airtel",
    "airtelpaymentsbank",
    "apl",
    "axisbank",
    "axisb",
    "axl",
    "barodampay",
    "cnrb",
    "dbs",
    "fam",
    "fbl",
    "federal",
    "freecharge",
    "hdfcbank",
    "hdfcbankjd",
    "ibl",
    "icici",
    "idbi",
    "idfcbank",
    "idfcfirst",
    "ikwik",
    "indus",
    "jio",
    "jupiteraxis",
    "kotak",
    "kotak811",
    "mahb",
    "naviaxis",
    "okaxis",
    "okhdfcbank",
    "okicici",
    "oksbi",
    "paytm",
    "pingpay",
    "pnb",
    "postbank",
    "pthdfc",
    "ptaxis",
    "ptsbi",
    "ptyes",
    "rapl",
    "rbl",
    "sbi",
    "shriramhdfcbank",
    "sliceaxis",
    "superyes",
    "timecosmos",
    "uboi",
    "unionbank",
    "upi",
    "waaxis",
    "wahdfcbank",
    "waicici",
    "wasbi",
    "yapl",
    "ybl",
    "yesbank",
    "yespay",
];

pub(crate) fn check(tree: &Tree, findings: &mut Findings) {
    let this = "xtask/src/tidy/personal.rs";
    let mut needed = vec![false; ALLOWED.len()];
    for (file, text) in tree.iter() {
        for (index, line) in text.lines().enumerate() {
            for (what, found) in suspects(line) {
                match ALLOWED.iter().position(|(allowed, _)| *allowed == found) {
                    Some(allowed) => needed[allowed] |= file != this,
                    None => {
                        let message = format!(
                            "{what}, `{found}`: put in a made-up one ({}); if it is one, add it to ALLOWED in \
                             xtask/src/tidy/personal.rs with the reason",
                            advice(what)
                        );
                        findings.add(file, index + 1, message);
                    }
                }
            }
        }
    }
    if tree.get(this).is_some() {
        for ((allowed, _), _) in ALLOWED.iter().zip(needed).filter(|(_, needed)| !needed) {
            findings.add(
                this,
                1,
                format!("`{allowed}` is allowed and nowhere to be found: take its line out"),
            );
        }
    }
}

const CARD: &str = "a card number with a valid check digit";
const PHONE: &str = "a phone number";
const VPA: &str = "a UPI address with a real handle";
const MAIL: &str = "a mail address of a real domain";
const KEY: &str = "what looks like a live key";

fn advice(what: &str) -> &'static str {
    match what {
        CARD => "masked, such as `411111****1111`",
        PHONE => "such as `+1 202 555 0100`, from the range kept for stories",
        VPA => "such as `canary-vpa@example`",
        MAIL => "such as `canary@example.com`",
        _ => "such as `canary-key`",
    }
}

/// Everything in a line that looks real, and as what.
fn suspects(line: &str) -> Vec<(&'static str, String)> {
    let mut found = Vec::new();
    for number in numbers(line) {
        let digits: String = number.text.chars().filter(char::is_ascii_digit).collect();
        if is_card(number.text, &digits) {
            found.push((CARD, number.text.to_owned()));
        } else if is_phone(&number, &digits) {
            found.push((PHONE, number.text.to_owned()));
        }
    }
    found.extend(addresses(line));
    found.extend(keys(line).map(|key| (KEY, key)));
    found
}

/// Digits, perhaps in groups, that stand alone; with the mark before them.
struct Number<'a> {
    text: &'a str,
    before: Option<char>,
    is_quoted: bool,
}

fn numbers(line: &str) -> Vec<Number<'_>> {
    let bytes = line.as_bytes();
    let is_digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let (mut at, mut found) = (0, Vec::new());
    while at < bytes.len() {
        if !is_digit(at) {
            at += 1;
            continue;
        }
        let from = at;
        while is_digit(at) || (matches!(bytes.get(at), Some(b' ' | b'-' | b'(' | b')')) && is_digit(at + 1)) {
            at += 1;
        }
        let (before, after) = (line[..from].chars().next_back(), line[at..].chars().next());
        let sticks = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || "_.".contains(c));
        let is_fraction = after == Some('.') && !is_digit(at + 1);
        if !sticks(before) && (is_fraction || !sticks(after)) {
            found.push(Number {
                text: &line[from..at],
                before,
                is_quoted: before == Some('"') && after == Some('"'),
            });
        }
    }
    found
}

fn is_card(text: &str, digits: &str) -> bool {
    let groups: Vec<usize> = text.split([' ', '-']).map(str::len).collect();
    let is_grouped = groups.len() == 1 || (groups[0] == 4 && groups.iter().all(|len| (3..=6).contains(len)));
    // Cards of payment schemes begin with 2 to 6; a time in milliseconds begins with 1.
    let is_scheme = digits.starts_with(['2', '3', '4', '5', '6']);
    is_grouped && is_scheme && (13..=19).contains(&digits.len()) && passes_luhn(digits)
}

fn passes_luhn(digits: &str) -> bool {
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(index, digit)| {
            let value = u32::from(digit - b'0') * (1 + index as u32 % 2);
            if value > 9 { value - 9 } else { value }
        })
        .sum();
    sum.is_multiple_of(10)
}

/// With its country in front, or an Indian mobile number as a whole text.
fn is_phone(number: &Number<'_>, digits: &str) -> bool {
    let is_in_stories = digits.get(4..9) == Some("55501") || digits.starts_with("447700900");
    let is_whole = number.before == Some('+') && (10..=15).contains(&digits.len());
    let is_mobile = number.is_quoted && digits.len() == 10 && digits.starts_with(['6', '7', '8', '9']);
    (is_whole || is_mobile) && !is_in_stories
}

fn addresses(line: &str) -> Vec<(&'static str, String)> {
    let is_local = |c: char| c.is_ascii_alphanumeric() || "._-+".contains(c);
    let is_domain = |c: char| c.is_ascii_alphanumeric() || ".-".contains(c);
    let mut found = Vec::new();
    for (at, _) in line.match_indices('@') {
        let (before, after) = (&line[..at], &line[at + 1..]);
        let local = &before[before.trim_end_matches(is_local).len()..];
        let domain = &after[..after.len() - after.trim_start_matches(is_domain).len()];
        let domain = domain.trim_end_matches(['.', '-']);
        if local.len() < 2 || domain.is_empty() {
            continue;
        }
        let is_reserved = |name: &str| {
            ["example", "invalid", "test", "localhost"].contains(&name.rsplit('.').next().unwrap_or_default())
                || ["example.com", "example.net", "example.org"]
                    .iter()
                    .any(|reserved| name == *reserved || name.ends_with(&format!(".{reserved}")))
        };
        let what = match domain.rsplit_once('.') {
            None if HANDLES.contains(&domain.to_ascii_lowercase().as_str()) => VPA,
            Some((_, last)) if last.len() >= 2 && last.bytes().all(|byte| byte.is_ascii_alphabetic()) => MAIL,
            _ => continue,
        };
        if !is_reserved(domain) {
            found.push((what, format!("{local}@{domain}")));
        }
    }
    found
}

fn keys(line: &str) -> impl Iterator<Item = String> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || "_-.".contains(c);
    let words = line.split(move |c: char| !is_part(c)).filter(|word| !word.contains("canary"));
    let words = words.filter(|word| begins_as_a_key(word) || is_token(word) || is_random(word));
    let private = format!("PRIVATE {}", "KEY-----");
    let block = line.contains(&private).then(|| "-----BEGIN … KEY-----".to_owned());
    words.map(str::to_owned).collect::<Vec<_>>().into_iter().chain(block)
}

fn begins_as_a_key(word: &str) -> bool {
    KEYS.iter().any(|key| {
        let rest = word.strip_prefix(&key.replace(' ', ""));
        rest.is_some_and(|rest| rest.len() >= 16 && rest.bytes().all(|byte| byte.is_ascii_alphanumeric()))
    })
}

/// A JSON web token.
fn is_token(word: &str) -> bool {
    word.starts_with("eyJ") && word.split('.').count() == 3 && word.len() > 40
}

/// Long, with digits, small and capital letters: no word that a person would write.
fn is_random(word: &str) -> bool {
    let has = |what: fn(&u8) -> bool| word.as_bytes().iter().filter(|byte| what(byte)).count() >= 3;
    word.len() >= 32
        && word.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && has(u8::is_ascii_digit)
        && has(u8::is_ascii_lowercase)
        && has(u8::is_ascii_uppercase)
}
