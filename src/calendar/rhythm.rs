//! The rhythm of the last seasons: what is known of a release that nobody has scheduled. It is no date, and no
//! verdict uses it.

use super::{Calendar, Freeze, days};
use crate::vep::Release;
use jiff::ToSpan as _;
use jiff::civil::Date;
use std::fmt;

/// How many seasons back the rhythm is taken from.
const SEASONS: usize = 4;

/// How far apart the last VEP Freezes came, and what that would come to for the release after them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rhythm {
    /// The release that nobody has scheduled.
    pub release: Release,
    /// The first and the last release whose freezes were looked at.
    pub seasons: (Release, Release),
    /// The fewest and the most days between two freezes.
    pub apart: (i32, i32),
    /// The range of days that this would come to; no date at all.
    pub between: (Date, Date),
}

impl Calendar {
    /// The rhythm of the seasons before the release that follows the last scheduled one. None for any other release,
    /// and where fewer than three freezes are known.
    pub fn rhythm(&self, release: Release) -> Option<Rhythm> {
        if self.schedule(release).is_some() {
            return None;
        }
        let frozen = |(release, schedule): (Release, &super::Schedule)| match schedule.freeze {
            Freeze::On(date) => Some((release, date)),
            _ => None,
        };
        let freezes: Vec<(Release, Date)> = self.releases().filter_map(frozen).collect();
        let freezes: Vec<(Release, Date)> = freezes.into_iter().rev().take(SEASONS + 1).rev().collect();
        let (first, _) = *freezes.first()?;
        let (last, from) = *freezes.last()?;
        if freezes.len() < 3 || release != last.next() {
            return None;
        }
        let apart =
            || freezes.iter().zip(freezes.iter().skip(1)).map(|((_, one), (_, next))| days(*one, *next));
        let (least, most) = (apart().min()?, apart().max()?);
        let after = |days: i32| from.checked_add(days.days()).ok();
        Some(Rhythm {
            release,
            seasons: (first, last),
            apart: (least, most),
            between: (after(least)?, after(most)?),
        })
    }

    /// The release that comes after all that are scheduled.
    pub fn next(&self) -> Option<Release> {
        self.releases().last().map(|(release, _)| release.next())
    }
}

impl fmt::Display for Rhythm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { release, seasons: (first, last), apart: (least, most), between: (from, to) } = self;
        write!(
            f,
            "the VEP Freezes of {first} to {last} came {least} to {most} days apart; in that rhythm {release}'s would be \
             between {from} and {to}. That is no date: plan by none until sig-release has one"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    const NEXT: Release = Release { major: 1, minor: 11 };

    #[test]
    fn the_next_season_has_a_range_and_no_date() {
        let calendar = Calendar::snapshot();
        let rhythm = calendar.rhythm(NEXT).unwrap();
        // 2025-04-30, 2025-09-03, 2026-01-07, 2026-04-30, 2026-09-02.
        assert_eq!(rhythm.apart, (113, 126));
        assert_eq!(rhythm.between, (date(2026, 12, 24), date(2027, 1, 6)));
        assert_eq!(calendar.next(), Some(NEXT));
        assert_eq!(calendar.freeze(NEXT), Freeze::NoSchedule, "a rhythm is no schedule");
    }

    #[test]
    fn nothing_is_said_of_other_releases() {
        let calendar = Calendar::snapshot();
        for minor in [5, 10, 12] {
            assert_eq!(calendar.rhythm(Release { major: 1, minor }), None, "v1.{minor}");
        }
    }
}
