use paystatus::Error;

use crate::{
    args::Judge,
    files::config,
    output::{Output, Source},
    recording::Recording,
};

/// `paystatus judge`
pub(crate) fn run(options: &Judge, output: &Output) -> Result<u8, Error> {
    let provider = &*options.provider;
    let recording = Recording::from_file(&options.file)?;
    if let Some(other) = recording.provider.filter(|recorded| recorded != provider) {
        return Err(config(format!("{} is a reply of {other}, not of {provider}", options.file.display())));
    }
    let asked = options.lookup().or(recording.asked);
    let source = Source { account: None, provider, allows_test_money: false };
    match paystatus::judge(provider, asked.as_ref(), &recording.reply) {
        Ok(payment) => {
            let mut terms = options.terms.clone();
            terms.explain = true;
            Ok(output.payment(source, payment, &terms))
        }
        Err(error) => output.error(source, asked.as_ref(), error),
    }
}
