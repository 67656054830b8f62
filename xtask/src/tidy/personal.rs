//! What looks as if it belonged to somebody: keys, card numbers, phone numbers, payment and mail addresses.

use regex::Regex;

use super::{Findings, Tree};

/// What looks real and is not, each with its reason. The samples of a provider's documents are not here:
/// they stand between backticks in a `tests/fixtures/README.md`, which names their sources.
const ALLOWED: &[(&str, &str)] =
    &[("1715150400000", "a time in milliseconds with a plus sign, which must be refused")];

/// How live keys of well-known services begin; the dot keeps this file free of them.
const KEYS: &str = "sk_.live_ pk_.live_ rk_.live_ rzp_.live_ whsec_. gh.p_ gho._ github_.pat_ gl.pat- \
    xox.b- xox.p- AI.za SG.. AK.IA AS.IA sk-.ant- npm._ cio.";

/// The handles of banks and apps that give out UPI addresses.
const HANDLES: &str = "abfspay airtel airtelpaymentsbank apl axisbank axisb axl barodampay cnrb dbs fam fbl \
    federal freecharge hdfcbank hdfcbankjd ibl icici idbi idfcbank idfcfirst ikwik indus jio jupiteraxis kotak \
    kotak811 mahb naviaxis okaxis okhdfcbank okicici oksbi paytm pingpay pnb postbank pthdfc ptaxis ptsbi ptyes \
    rapl rbl sbi shriramhdfcbank sliceaxis superyes timecosmos uboi unionbank upi waaxis wahdfcbank waicici wasbi \
    yapl ybl yesbank yespay";

const CARD: &str = "a card number with a valid check digit";
const PHONE: &str = "a phone number";
const VPA: &str = "a UPI address with a real handle";
const MAIL: &str = "a mail address of a real domain";
const KEY: &str = "what looks like a live key";

pub(crate) fn check(tree: &Tree, findings: &mut Findings) {
    let patterns = Patterns::new();
    let sources = tree.iter().filter(|(file, _)| file.ends_with("/tests/fixtures/README.md"));
    let samples: Vec<&str> = sources.flat_map(|(_, text)| text.split('`').skip(1).step_by(2)).collect();
    let is_allowed =
        |found: &str| samples.contains(&found) || ALLOWED.iter().any(|(allowed, _)| *allowed == found);
    // A certificate is for everybody; a private key says that it is one.
    let is_public = |file: &str, text: &str| file.ends_with(".pem") && !text.contains("PRIVATE");
    for (file, text) in tree.iter().filter(|(file, text)| !is_public(file, text)) {
        for (index, line) in text.lines().enumerate() {
            for (what, found) in patterns.suspects(line).into_iter().filter(|(_, found)| !is_allowed(found)) {
                let advice = match what {
                    CARD => "masked, such as `411111****1111`",
                    PHONE => "such as `+1 202 555 0100`, from the range kept for stories",
                    VPA => "such as `canary-vpa@example`",
                    MAIL => "such as `canary@example.com`",
                    _ => "such as `canary-key`",
                };
                let message = "if it is one, add it to ALLOWED in xtask/src/tidy/personal.rs with the reason, \
                               or with its source to the fixtures' README";
                findings.add(
                    file,
                    index + 1,
                    format!("{what}, `{found}`: put in a made-up one ({advice}); {message}"),
                );
            }
        }
    }
}

struct Patterns {
    number: Regex,
    card: Regex,
    address: Regex,
    key: Regex,
}

impl Patterns {
    #[expect(clippy::unwrap_used, reason = "the tests compile these patterns")]
    fn new() -> Self {
        let new = |pattern: &str| Regex::new(pattern).unwrap();
        let keys: Vec<_> =
            KEYS.split_whitespace().map(|key| regex::escape(&key.replacen('.', "", 1))).collect();
        let key = format!(r"^((?:{})[A-Za-z0-9]{{16,}}|eyJ[^.]+\.[^.]+\.[^.]+)$", keys.join("|"));
        Self {
            number: new("[0-9](?:[ ()-]?[0-9])+"),
            // Cards of payment schemes begin with 2 to 6; 1 is a time in milliseconds, and 14 digits from 2 one in words.
            card: new("^(?:3[0-9]{13}|[2-6](?:[0-9]{12}|[0-9]{14,18}|[0-9]{3}(?:[ -][0-9]{3,6})+))$"),
            address: new("([A-Za-z0-9._+-]{2,})@([A-Za-z0-9-]+(?:[.][A-Za-z0-9-]+)*)"),
            key: new(&key),
        }
    }

    /// Everything in a line that looks real, and as what.
    fn suspects<'a>(&self, line: &'a str) -> Vec<(&'static str, &'a str)> {
        let mut found = Vec::new();
        for number in self.number.find_iter(line) {
            let (before, after) = (line[..number.start()].chars().next_back(), &line[number.end()..]);
            let sticks = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || "_.".contains(c));
            let ends_a_sentence =
                after.starts_with('.') && !after[1..].starts_with(|c: char| c.is_ascii_digit());
            if sticks(before) || (sticks(after.chars().next()) && !ends_a_sentence) {
                continue;
            }
            let digits: String = number.as_str().chars().filter(char::is_ascii_digit).collect();
            let is_in_stories = digits.get(4..9) == Some("55501")
                || digits.starts_with("447700900")
                || digits.ends_with("00000000");
            let is_whole = before == Some('+') && (10..=15).contains(&digits.len());
            let is_quoted = before == Some('"') && after.starts_with('"');
            let is_mobile = is_quoted && digits.len() == 10 && digits.starts_with(['6', '7', '8', '9']);
            if self.card.is_match(number.as_str())
                && (13..=19).contains(&digits.len())
                && passes_luhn(&digits)
            {
                found.push((CARD, number.as_str()));
            } else if (is_whole || is_mobile) && !is_in_stories {
                found.push((PHONE, number.as_str()));
            }
        }
        for address in self.address.captures_iter(line) {
            let (whole, [_, domain]) = address.extract();
            let last = domain.rsplit('.').next().unwrap_or_default();
            let is_reserved = ["example", "invalid", "test", "localhost"].contains(&last)
                || ["example.com", "example.net", "example.org"].iter().any(|name| domain.ends_with(name));
            let is_name = last.len() >= 2 && last.bytes().all(|byte| byte.is_ascii_alphabetic());
            if !domain.contains('.') && HANDLES.split(' ').any(|handle| handle == domain.to_ascii_lowercase())
            {
                found.push((VPA, whole));
            } else if domain.contains('.') && is_name && !is_reserved {
                found.push((MAIL, whole));
            }
        }
        let words = line.split(|c: char| !(c.is_ascii_alphanumeric() || "_-.+/=".contains(c)));
        // Canaries as they are, and in base64; what is longer than any key is a signature or a certificate.
        let canaries = ["canary", "Y2FuYXJ5", "NhbmFye", "jYW5hcn"];
        let words =
            words.filter(|word| word.len() <= 200 && !canaries.iter().any(|canary| word.contains(canary)));
        let words = words.flat_map(|word| word.split(['+', '/', '=']));
        found.extend(words.filter(|word| self.key.is_match(word) || is_random(word)).map(|word| (KEY, word)));
        found.extend(line.find(&format!("PRIVATE {}", "KEY-----")).map(|at| (KEY, &line[at..])));
        found
    }
}

fn passes_luhn(digits: &str) -> bool {
    let value = |(index, digit): (usize, u8)| match u32::from(digit - b'0') * (1 + index as u32 % 2) {
        value if value > 9 => value - 9,
        value => value,
    };
    digits.bytes().rev().enumerate().map(value).sum::<u32>().is_multiple_of(10)
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
