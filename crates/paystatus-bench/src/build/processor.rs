use crate::Failure;

/// How much processor time the processes took that this one started and saw end, with those that they saw end, in seconds.
#[cfg(unix)]
pub(super) fn seconds_of_children() -> Result<f64, Failure> {
    let of_this = std::fs::read_to_string("/proc/self/stat")
        .map_err(|_| "the processor time of processes is read from /proc, which only Linux has")?;
    // The name in brackets may hold spaces; after it the state comes first, and the children's times are the 14th and 15th.
    let (_, fields) = of_this.rsplit_once(')').ok_or("/proc/self/stat has no name")?;
    let mut times = fields.split_ascii_whitespace().skip(13);
    let mut ticks =
        || -> Result<u32, Failure> { Ok(times.next().ok_or("/proc/self/stat is too short")?.parse()?) };
    let (user, system) = (ticks()?, ticks()?);
    let ticks_per_second = u32::try_from(rustix::param::clock_ticks_per_second())?;
    Ok((f64::from(user) + f64::from(system)) / f64::from(ticks_per_second))
}

#[cfg(not(unix))]
pub(super) fn seconds_of_children() -> Result<f64, Failure> {
    Err("the processor time of processes is known on Linux only".into())
}
