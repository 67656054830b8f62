/// Every code of ISO 4217 with the decimal digits of its minor unit, in order; a test compares it with another list.
/// (<https://www.iso.org/iso-4217-currency-codes.html>, as of 2026-11)
#[rustfmt::skip]
const CODES: &[([u8; 3], Option<u8>)] = &[
    (*b"AED", Some(2)), (*b"AFN", Some(2)), (*b"ALL", Some(2)), (*b"AMD", Some(2)), (*b"AOA", Some(2)),
    (*b"ARS", Some(2)), (*b"AUD", Some(2)), (*b"AWG", Some(2)), (*b"AZN", Some(2)), (*b"BAM", Some(2)),
    (*b"BBD", Some(2)), (*b"BDT", Some(2)), (*b"BGN", Some(2)), (*b"BHD", Some(3)), (*b"BIF", Some(0)),
    (*b"BMD", Some(2)), (*b"BND", Some(2)), (*b"BOB", Some(2)), (*b"BOV", Some(2)), (*b"BRL", Some(2)),
    (*b"BSD", Some(2)), (*b"BTN", Some(2)), (*b"BWP", Some(2)), (*b"BYN", Some(2)), (*b"BZD", Some(2)),
    (*b"CAD", Some(2)), (*b"CDF", Some(2)), (*b"CHE", Some(2)), (*b"CHF", Some(2)), (*b"CHW", Some(2)),
    (*b"CLF", Some(4)), (*b"CLP", Some(0)), (*b"CNY", Some(2)), (*b"COP", Some(2)), (*b"COU", Some(2)),
    (*b"CRC", Some(2)), (*b"CUC", Some(2)), (*b"CUP", Some(2)), (*b"CVE", Some(2)), (*b"CZK", Some(2)),
    (*b"DJF", Some(0)), (*b"DKK", Some(2)), (*b"DOP", Some(2)), (*b"DZD", Some(2)), (*b"EGP", Some(2)),
    (*b"ERN", Some(2)), (*b"ETB", Some(2)), (*b"EUR", Some(2)), (*b"FJD", Some(2)), (*b"FKP", Some(2)),
    (*b"GBP", Some(2)), (*b"GEL", Some(2)), (*b"GHS", Some(2)), (*b"GIP", Some(2)), (*b"GMD", Some(2)),
    (*b"GNF", Some(0)), (*b"GTQ", Some(2)), (*b"GYD", Some(2)), (*b"HKD", Some(2)), (*b"HNL", Some(2)),
    (*b"HRK", Some(2)), (*b"HTG", Some(2)), (*b"HUF", Some(2)), (*b"IDR", Some(2)), (*b"ILS", Some(2)),
    (*b"INR", Some(2)), (*b"IQD", Some(3)), (*b"IRR", Some(2)), (*b"ISK", Some(0)), (*b"JMD", Some(2)),
    (*b"JOD", Some(3)), (*b"JPY", Some(0)), (*b"KES", Some(2)), (*b"KGS", Some(2)), (*b"KHR", Some(2)),
    (*b"KMF", Some(0)), (*b"KPW", Some(2)), (*b"KRW", Some(0)), (*b"KWD", Some(3)), (*b"KYD", Some(2)),
    (*b"KZT", Some(2)), (*b"LAK", Some(2)), (*b"LBP", Some(2)), (*b"LKR", Some(2)), (*b"LRD", Some(2)),
    (*b"LSL", Some(2)), (*b"LYD", Some(3)), (*b"MAD", Some(2)), (*b"MDL", Some(2)), (*b"MGA", Some(2)),
    (*b"MKD", Some(2)), (*b"MMK", Some(2)), (*b"MNT", Some(2)), (*b"MOP", Some(2)), (*b"MRU", Some(2)),
    (*b"MUR", Some(2)), (*b"MVR", Some(2)), (*b"MWK", Some(2)), (*b"MXN", Some(2)), (*b"MXV", Some(2)),
    (*b"MYR", Some(2)), (*b"MZN", Some(2)), (*b"NAD", Some(2)), (*b"NGN", Some(2)), (*b"NIO", Some(2)),
    (*b"NOK", Some(2)), (*b"NPR", Some(2)), (*b"NZD", Some(2)), (*b"OMR", Some(3)), (*b"PAB", Some(2)),
    (*b"PEN", Some(2)), (*b"PGK", Some(2)), (*b"PHP", Some(2)), (*b"PKR", Some(2)), (*b"PLN", Some(2)),
    (*b"PYG", Some(0)), (*b"QAR", Some(2)), (*b"RON", Some(2)), (*b"RSD", Some(2)), (*b"RUB", Some(2)),
    (*b"RWF", Some(0)), (*b"SAR", Some(2)), (*b"SBD", Some(2)), (*b"SCR", Some(2)), (*b"SDG", Some(2)),
    (*b"SEK", Some(2)), (*b"SGD", Some(2)), (*b"SHP", Some(2)), (*b"SLE", Some(2)), (*b"SLL", Some(2)),
    (*b"SOS", Some(2)), (*b"SRD", Some(2)), (*b"SSP", Some(2)), (*b"STN", Some(2)), (*b"SVC", Some(2)),
    (*b"SYP", Some(2)), (*b"SZL", Some(2)), (*b"THB", Some(2)), (*b"TJS", Some(2)), (*b"TMT", Some(2)),
    (*b"TND", Some(3)), (*b"TOP", Some(2)), (*b"TRY", Some(2)), (*b"TTD", Some(2)), (*b"TWD", Some(2)),
    (*b"TZS", Some(2)), (*b"UAH", Some(2)), (*b"UGX", Some(0)), (*b"USD", Some(2)), (*b"USN", Some(2)),
    (*b"UYI", Some(0)), (*b"UYU", Some(2)), (*b"UYW", Some(4)), (*b"UZS", Some(2)), (*b"VED", Some(2)),
    (*b"VES", Some(2)), (*b"VND", Some(0)), (*b"VUV", Some(0)), (*b"WST", Some(2)), (*b"XAD", Some(2)),
    (*b"XAF", Some(0)), (*b"XAG", None), (*b"XAU", None), (*b"XBA", None), (*b"XBB", None),
    (*b"XBC", None), (*b"XBD", None), (*b"XCD", Some(2)), (*b"XCG", Some(2)), (*b"XDR", None),
    (*b"XOF", Some(0)), (*b"XPD", None), (*b"XPF", Some(0)), (*b"XPT", None), (*b"XSU", None),
    (*b"XTS", None), (*b"XUA", None), (*b"XXX", None), (*b"YER", Some(2)), (*b"ZAR", Some(2)),
    (*b"ZMW", Some(2)), (*b"ZWG", Some(2)), (*b"ZWL", Some(2)),
];

/// The decimal digits of a currency's minor unit, by its code in capital letters.
///
/// The outer option is empty if the standard does not list the code, the inner one if the currency has no minor unit.
pub(crate) fn minor_digits(code: &[u8; 3]) -> Option<Option<u8>> {
    // A number is compared in one step, three bytes are by a call.
    let number = |[a, b, c]: [u8; 3]| u32::from_be_bytes([0, a, b, c]);
    let found = CODES.binary_search_by_key(&number(*code), |(listed, _)| number(*listed));
    found.ok().map(|index| CODES[index].1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_as_another_list_has_it() {
        for number in 0..26_u32.pow(3) {
            let letter = |place: u32| b'A' + u8::try_from(number / 26_u32.pow(place) % 26).unwrap();
            let code = [letter(2), letter(1), letter(0)];
            let other = iso_currency::Currency::from_code(std::str::from_utf8(&code).unwrap());
            let other = other.map(|currency| currency.exponent().map(|digits| u8::try_from(digits).unwrap()));
            assert_eq!(minor_digits(&code), other, "{code:?}");
        }
    }
}
