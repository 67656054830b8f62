//! An expectation as it is written down: one flat object that has only what is named.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use super::{Demand, Expected, Money, Overpayment};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    amount: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    at_least: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    currency: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reference: Option<String>,
    #[serde(default, rename = "final", skip_serializing_if = "std::ops::Not::not")]
    is_final: bool,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    allow_test: bool,
}

impl Serialize for Expected {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let of = |wanted| {
            let (money, overpayment) = self.amount?;
            (overpayment == wanted).then(|| money.amount().to_string())
        };
        let written = Written {
            amount: of(Overpayment::Refused),
            at_least: of(Overpayment::Welcome),
            currency: self.amount.map(|(money, _)| money.currency().to_string()),
            reference: self.reference.clone(),
            is_final: self.finality == Demand::Special,
            allow_test: self.test_money == Demand::Special,
        };
        written.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Expected {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let written = Written::deserialize(deserializer)?;
        let amount = match (written.amount, written.at_least, written.currency) {
            (None, None, None) => None,
            (Some(amount), None, Some(currency)) => Some((amount, currency, Overpayment::Refused)),
            (None, Some(amount), Some(currency)) => Some((amount, currency, Overpayment::Welcome)),
            _ => return Err(D::Error::custom("an amount or `at_least`, and a `currency`, come together")),
        };
        let amount = amount.map(|(amount, currency, overpayment)| {
            Money::parse(&amount, &currency).map(|money| (money, overpayment)).map_err(D::Error::custom)
        });
        let demand = |is_special| if is_special { Demand::Special } else { Demand::Usual };
        Ok(Self {
            amount: amount.transpose()?,
            reference: written.reference,
            finality: demand(written.is_final),
            test_money: demand(written.allow_test),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn is_written_as(expected: &Expected, text: &str) {
        assert_eq!(serde_json::to_string(expected).unwrap(), text);
        assert_eq!(serde_json::from_str::<Expected>(text).unwrap(), *expected);
    }

    #[test]
    fn an_expectation_survives_being_written_down() {
        let price = Money::parse("3.010", "qar").unwrap();
        is_written_as(&Expected::paid(), "{}");
        is_written_as(&Expected::new(price), r#"{"amount":"3.010","currency":"QAR"}"#);
        is_written_as(
            &Expected::at_least(price).with_reference("order-1").and_final().allowing_test_money(),
            r#"{"at_least":"3.010","currency":"QAR","reference":"order-1","final":true,"allow_test":true}"#,
        );
    }

    #[test]
    fn what_is_no_expectation_is_not_read() {
        for text in [
            r#"{"amount":"3.01"}"#,
            r#"{"currency":"QAR"}"#,
            r#"{"amount":"3.01","at_least":"3.01","currency":"QAR"}"#,
            r#"{"amount":"3,01","currency":"QAR"}"#,
            r#"{"amuont":"3.01","currency":"QAR"}"#,
        ] {
            assert!(serde_json::from_str::<Expected>(text).is_err(), "{text}");
        }
    }
}
