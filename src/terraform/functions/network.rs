//! Networks.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use num_bigint::BigInt;
use num_traits::ToPrimitive;

use super::{Call, Evaluated, Refusal, Value};

/// A network: its address as a number, of so many bits, of which the first ones are the prefix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Network {
    address: u128,
    prefix: u32,
    bits: u32,
}

impl Network {
    fn parse(text: &str) -> Option<Self> {
        let (address, prefix) = text.split_once('/')?;
        if prefix.is_empty() || !prefix.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let prefix: u32 = prefix.parse().ok()?;
        let (address, bits) = if address.contains(':') {
            (u128::from(address.parse::<Ipv6Addr>().ok()?), 128)
        } else {
            (u128::from(u32::from(ipv4(address)?)), 32)
        };
        let network = Self { address, prefix, bits };
        (prefix <= bits).then(|| Self { address: address & !network.hosts(), ..network })
    }

    /// The largest number of a host.
    fn hosts(self) -> u128 {
        let bits = self.bits - self.prefix;
        if bits == 128 { u128::MAX } else { (1 << bits) - 1 }
    }

    fn ip(self, address: u128) -> IpAddr {
        match u32::try_from(address) {
            Ok(address) if self.bits == 32 => Ipv4Addr::from(address).into(),
            _ => Ipv6Addr::from(address).into(),
        }
    }

    fn written(self) -> String {
        format!("{}/{}", self.ip(self.address), self.prefix)
    }

    /// The network of a number among those that are so many bits longer.
    fn subnet(self, new_bits: u32, number: &BigInt) -> Option<Self> {
        let prefix = self.prefix + new_bits;
        if prefix > self.bits || number.bits() > u64::from(new_bits) {
            return None;
        }
        let number = number.to_u128()?;
        let shift = self.bits - prefix;
        let offset = if shift >= 128 { 0 } else { number << shift };
        Some(Self { address: self.address | offset, prefix, ..self })
    }
}

/// An address whose parts may have zeros in front, as Terraform takes them.
fn ipv4(text: &str) -> Option<Ipv4Addr> {
    let mut parts = [0u8; 4];
    let mut count = 0;
    for part in text.split('.') {
        let sound = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        *parts.get_mut(count)? = if sound { part.parse().ok()? } else { return None };
        count += 1;
    }
    (count == 4).then(|| parts.into())
}

fn network(call: &Call<'_>, value: &Value) -> Result<Network, Refusal> {
    // What is one of IPv4 and written as one of IPv6 is both to Go; it is not computed here.
    Network::parse(&call.string(value)?).map_or_else(|| call.refused("what is no network"), Ok)
}

/// What podgate does not compute with: addresses of IPv4 that are written as ones of IPv6 are both to Go.
fn is_mapped(call: &Call<'_>) -> bool {
    let text = call.arguments.first().and_then(|value| call.string(value).ok());
    text.is_some_and(|text| {
        let is_written = text.contains(':') && text.contains('.');
        is_written
            || Network::parse(&text).is_some_and(|network| network.bits == 128 && network.address >> 32 == 0xffff)
    })
}

/// Of a number of a host or a network Terraform checks the last 64 bits alone, and computes with all of them.
fn is_unchecked(number: &BigInt) -> bool {
    number.bits() > 63
}

const UNCHECKED: &str = "it depends on the number of a host or a network that Terraform does not check";

const MAPPED: &str = "it depends on an address of IPv4 that is written as one of IPv6";

fn whole(call: &Call<'_>, value: &Value) -> Result<BigInt, Refusal> {
    call.number(value)?.to_whole().ok_or_else(|| call.wrong_type(value))
}

pub(super) fn cidrhost(call: &Call<'_>) -> Evaluated {
    if is_mapped(call) {
        return Ok(call.unknown(MAPPED));
    }
    let [prefix, number] = call.exactly()?;
    let (network, number) = (network(call, prefix)?, whole(call, number)?);
    if is_unchecked(&number) {
        return Ok(call.unknown(UNCHECKED));
    }
    let hosts = BigInt::from(network.hosts());
    // Numbers below zero count from the end.
    let number = if number.sign() == num_bigint::Sign::Minus { number + &hosts + 1 } else { number };
    match number.to_u128().filter(|number| *number <= network.hosts()) {
        Some(number) => Ok(Value::string(&network.ip(network.address | number).to_string())),
        None => call.refused("a host that is not in the network"),
    }
}

pub(super) fn cidrnetmask(call: &Call<'_>) -> Evaluated {
    if is_mapped(call) {
        return Ok(call.unknown(MAPPED));
    }
    let [prefix] = call.exactly()?;
    let network = network(call, prefix)?;
    if network.bits == 128 {
        return call.refused("a network of IPv6");
    }
    Ok(Value::string(&network.ip(u128::from(u32::MAX) & !network.hosts()).to_string()))
}

pub(super) fn cidrsubnet(call: &Call<'_>) -> Evaluated {
    if is_mapped(call) {
        return Ok(call.unknown(MAPPED));
    }
    let [prefix, new_bits, number] = call.exactly()?;
    let (network, new_bits) = (network(call, prefix)?, call.whole(new_bits)?);
    let number = whole(call, number)?;
    if new_bits < 0 || number.sign() == num_bigint::Sign::Minus {
        // Terraform computes with these, to no sense.
        return Ok(call.unknown("it depends on `cidrsubnet` with a negative number"));
    }
    if is_unchecked(&number) {
        return Ok(call.unknown(UNCHECKED));
    }
    let subnet = u32::try_from(new_bits).ok().and_then(|new_bits| network.subnet(new_bits, &number));
    match subnet {
        Some(subnet) => Ok(Value::string(&subnet.written())),
        None => call.refused("a subnet that is not in the network"),
    }
}

/// `cidrsubnets`: networks one behind the other, each so many bits longer than the given one.
pub(super) fn cidrsubnets(call: &Call<'_>) -> Evaluated {
    if is_mapped(call) {
        return Ok(call.unknown(MAPPED));
    }
    let [prefix, lengths @ ..] = call.arguments else { return Err(call.wrong_count()) };
    let network = network(call, prefix)?;
    if network.prefix == 0 {
        return Ok(call.unknown("it depends on `cidrsubnets` of all addresses"));
    }
    let mut subnets = Vec::new();
    let mut next = BigInt::from(network.address);
    let end = BigInt::from(network.address) + network.hosts() + 1;
    for length in lengths {
        let new_bits = u32::try_from(call.whole(length)?).ok().filter(|bits| (1..=32).contains(bits));
        let prefix = new_bits.map(|bits| network.prefix + bits).filter(|prefix| *prefix <= network.bits);
        let Some(prefix) = prefix else { return call.refused("a length that is not within the network") };
        let size = BigInt::from(1) << (network.bits - prefix);
        // The next address that starts a network of this size.
        let start: BigInt = (&next + &size - 1) / &size * &size;
        next = &start + size;
        let address = start.to_u128().filter(|_| next <= end);
        let Some(address) = address else { return call.refused("more than is in the network") };
        subnets.push(Value::string(&Network { address, prefix, ..network }.written()));
    }
    Ok(Value::list(subnets))
}
