//! Generated inputs for everything that reads remote bytes: 20,000 for each target, the same in every run.

use std::{fs, path::Path};

use paystatus_sandbox::{Provider, Sandbox};

use crate::{replies, targets};

const INPUTS: usize = 20_000;
const MAX_INPUT: usize = 4096;

/// Runs a target over its seeds and over what is made of them; an input that fails is told.
///
/// The seeds are left where `fuzz/` may begin with them too.
fn check(target: &str, seeds: &[Vec<u8>]) {
    assert!(seeds.len() > 1, "{target} has no seeds to begin with");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("corpus").join(target);
    fs::create_dir_all(&folder).unwrap();
    for (number, seed) in seeds.iter().enumerate() {
        fs::write(folder.join(format!("{number:04}")), seed).unwrap();
        run(target, seed);
    }
    let mut random = Random(target.bytes().map(u64::from).sum());
    for _ in 0..INPUTS {
        run(target, &generated(&mut random, seeds));
    }
}

fn run(target: &str, input: &[u8]) {
    if std::panic::catch_unwind(|| targets::run(target, input)).is_err() {
        panic!("{target} fails on {}", input.escape_ascii());
    }
}

/// The input of a provider: its place among all comes first.
fn of_provider(place: usize, input: &[u8]) -> Vec<u8> {
    [&[u8::try_from(place).unwrap()], input].concat()
}

#[tokio::test]
async fn replies_of_every_provider() {
    let sandbox = Sandbox::start().await.unwrap();
    let mut seeds = Vec::new();
    for (place, facts) in paystatus::providers().iter().enumerate() {
        let bodies = replies::all(&sandbox, Provider::named(facts.name).unwrap()).await;
        seeds.extend(bodies.iter().map(|body| of_provider(place, body)));
    }
    check("reply", &seeds);
}

#[tokio::test]
async fn callbacks_of_every_provider_that_signs_them() {
    let sandbox = Sandbox::start().await.unwrap();
    let mut seeds = Vec::new();
    for (place, (name, _)) in targets::SIGNING.iter().enumerate() {
        let sent = replies::callbacks(&sandbox, Provider::named(name).unwrap()).await;
        seeds.extend(sent.iter().map(|callback| of_provider(place, callback.as_bytes())));
    }
    check("callback", &seeds);
}

#[test]
fn headers_that_are_computed_with() {
    check("reply_headers", &seeds("reply_headers"));
}

#[test]
fn every_target_has_its_own_program() {
    for (name, _) in targets::TARGETS {
        let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/fuzz_targets");
        assert!(program.join(format!("{name}.rs")).is_file(), "fuzz/ lacks {name}");
    }
}

#[test]
fn every_provider_that_signs_callbacks_is_run() {
    let signing = paystatus::providers().iter().filter(|facts| facts.callbacks.is_some());
    let names: Vec<_> = signing.map(|facts| facts.name).collect();
    assert_eq!(targets::SIGNING.iter().map(|(name, _)| *name).collect::<Vec<_>>(), names);
}

/// The small inputs that `fuzz/` begins with too, in the order of their names.
fn seeds(target: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus").join(target);
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths.into_iter().map(|path| fs::read(path).unwrap()).collect()
}

/// A seed, changed once or a few times; now and then bytes that never were a reply.
fn generated(random: &mut Random, seeds: &[Vec<u8>]) -> Vec<u8> {
    if random.below(50) == 0 {
        return (0..random.below(200)).map(|_| random.byte()).collect();
    }
    let mut input = random.pick(seeds).clone();
    for _ in 0..=random.below(4) {
        match random.below(10) {
            0 => flip(random, &mut input),
            1 => input.truncate(random.below(input.len() + 1)),
            2 => splice(random, &mut input, seeds),
            3 => repeat(random, &mut input),
            4 | 5 => insert(random, &mut input),
            _ => change_json(random, &mut input),
        }
    }
    input.truncate(MAX_INPUT);
    input
}

fn flip(random: &mut Random, input: &mut [u8]) {
    if !input.is_empty() {
        input[random.below(input.len())] ^= 1 << random.below(8);
    }
}

/// The beginning of one input and the end of another.
fn splice(random: &mut Random, input: &mut Vec<u8>, seeds: &[Vec<u8>]) {
    let other = random.pick(seeds);
    input.truncate(random.below(input.len() + 1));
    input.extend_from_slice(&other[random.below(other.len() + 1)..]);
}

fn repeat(random: &mut Random, input: &mut Vec<u8>) {
    let from = random.below(input.len() + 1);
    let to = from + random.below(input.len() - from + 1);
    let part = input[from..to].to_vec();
    input.splice(to..to, part);
}

fn insert(random: &mut Random, input: &mut Vec<u8>) {
    let at = random.below(input.len() + 1);
    let bytes = random.pick(VALUES).as_bytes().to_vec();
    input.splice(at..at, bytes);
}

/// Values, words and bytes that readers stumble over.
const VALUES: &[&str] = &[
    "null",
    "true",
    "false",
    "200",
    "404",
    "0",
    "-0",
    "-1",
    "1e2",
    "1E-2",
    "0.5e1",
    "1e400",
    "1_000",
    "NaN",
    "5000",
    "100.50",
    "9007199254740993",
    "1234567890123456789012345678",
    "99999999999999999999999999999999",
    "0.0000000000000000000000000001",
    "[]",
    "{}",
    "[[[[",
    "\"\"",
    "\"-1\"",
    "\"+1\"",
    "\"1e2\"",
    "\"1.\"",
    "\"\\u0053UCCESS\"",
    "\"\\ud800\"",
    "\"SUCCESS\"",
    "\"CAPTURED\"",
    "\"REFUND\"",
    "\"SALE\"",
    "\"FAILED\"",
    "\"Completed\"",
    "\"Failed\"",
    "\"succeeded\"",
    "\"canceled\"",
    "\"settled\"",
    "\"SETTLED\"",
    "\"decline\"",
    "\"pending\"",
    "\"void\"",
    "\"PENDING\"",
    "\"FAIL\"",
    "\"USD\"",
    "\"jpy\"",
    "\"BTC\"",
    "\"US$\"",
    "\"pay-1\"",
    "\"pay-2\"",
    "\"order-1\"",
    "\"012345678901\"",
    "\u{feff}",
    "\u{0}",
    "\n",
    " ",
    "&",
    "=",
    "+",
    "%00",
    "%ff",
    "&id=pay-2",
    "&hash=",
    "\\",
    "\"",
    ",",
];

/// Changes what JSON is made of: values, keys, order, nesting, and how often a field is there.
fn change_json(random: &mut Random, input: &mut Vec<u8>) {
    let tokens = tokens(input);
    if tokens.is_empty() {
        return;
    }
    let (from, to) = *random.pick(&tokens);
    let token = input[from..to].to_vec();
    match random.below(6) {
        0 | 1 => drop(input.splice(from..to, random.pick(VALUES).bytes())),
        2 => {
            let (start, end) = *random.pick(&tokens);
            let other = input[start..end].to_vec();
            input.splice(from..to, other);
        }
        3 => {
            let depth = 1 + random.below(70);
            let nested = [vec![b'['; depth], token, vec![b']'; depth]].concat();
            input.splice(from..to, nested);
        }
        4 => repeat_field(random, input, &tokens),
        _ => {
            let unquoted = token.strip_prefix(b"\"").and_then(|rest| rest.strip_suffix(b"\""));
            let requoted = unquoted.map_or_else(|| [b"\"", &token[..], b"\""].concat(), <[u8]>::to_vec);
            input.splice(from..to, requoted);
        }
    }
}

/// A key that is there already, once more, with a value from elsewhere.
fn repeat_field(random: &mut Random, input: &mut Vec<u8>, tokens: &[(usize, usize)]) {
    let objects: Vec<usize> = (0..input.len()).filter(|&index| input[index] == b'{').collect();
    if objects.is_empty() {
        return;
    }
    let mut pick = || {
        let (from, to) = *random.pick(tokens);
        input[from..to].to_vec()
    };
    let field = [pick(), b":".to_vec(), pick(), b",".to_vec()].concat();
    let at = random.pick(&objects) + 1;
    input.splice(at..at, field);
}

/// Where the strings, numbers and words of a text are, which need not be whole JSON.
fn tokens(text: &[u8]) -> Vec<(usize, usize)> {
    let (mut tokens, mut from) = (Vec::new(), 0);
    while from < text.len() {
        let rest = &text[from..];
        let length = match rest[0] {
            b'"' => rest[1..].iter().position(|&byte| byte == b'"').map_or(rest.len(), |end| end + 2),
            byte if byte == b'-' || byte.is_ascii_alphanumeric() => rest
                .iter()
                .position(|&byte| !byte.is_ascii_alphanumeric() && !b"+-.".contains(&byte))
                .unwrap_or(rest.len()),
            _ => 0,
        };
        if length > 0 {
            tokens.push((from, from + length));
        }
        from += length.max(1);
    }
    tokens
}

/// SplitMix64 (<https://prng.di.unimi.it/splitmix64.c>): small, and the same everywhere.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end.max(1) as u64).unwrap()
    }

    fn byte(&mut self) -> u8 {
        self.next().to_le_bytes()[0]
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }
}

#[test]
fn the_generator_makes_every_kind_of_input() {
    let seeds = [br#"{"id":"pay-1","status":"succeeded","amount":5000,"currency":"USD"}"#.to_vec()];
    let mut random = Random(1);
    let inputs: Vec<_> = (0..2000).map(|_| generated(&mut random, &seeds)).collect();
    let readable = inputs.iter().filter(|input| serde_json::from_slice::<serde_json::Value>(input).is_ok());
    let share = readable.count();
    assert!((200..1800).contains(&share), "{share} of 2000 inputs are JSON");
    assert!(inputs.iter().any(|input| std::str::from_utf8(input).is_err()));
}
