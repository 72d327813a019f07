//! Regions, and where there is room.

use std::time::Duration;

use super::World;
use crate::refusal::{Refusal, Result, invalid};

/// A region: its code, name, part of the world and place.
pub(crate) struct Region {
    pub(crate) code: &'static str,
    pub(crate) name: &'static str,
    pub(crate) geo: &'static str,
    pub(crate) latitude: f64,
    pub(crate) longitude: f64,
    /// Whether Managed Postgres is there.
    pub(crate) postgres: bool,
}

const fn region(code: &'static str, name: &'static str, geo: &'static str, at: (f64, f64), postgres: bool) -> Region {
    Region { code, name, geo, latitude: at.0, longitude: at.1, postgres }
}

/// <https://fly.io/docs/reference/regions/>
pub(crate) const REGIONS: [Region; 18] = [
    region("ams", "Amsterdam, Netherlands", "europe", (52.37, 4.9), true),
    region("arn", "Stockholm, Sweden", "europe", (59.65, 17.92), false),
    region("bom", "Mumbai, India", "asia_pacific", (19.1, 72.88), false),
    region("cdg", "Paris, France", "europe", (48.86, 2.34), false),
    region("dfw", "Dallas, Texas (US)", "north_america", (32.78, -96.81), false),
    region("ewr", "Secaucus, NJ (US)", "north_america", (40.79, -74.06), false),
    region("fra", "Frankfurt, Germany", "europe", (50.1, 8.7), true),
    region("gru", "Sao Paulo, Brazil", "south_america", (-23.55, -46.63), true),
    region("iad", "Ashburn, Virginia (US)", "north_america", (39.02, -77.54), true),
    region("jnb", "Johannesburg, South Africa", "africa", (-26.14, 28.25), false),
    region("lax", "Los Angeles, California (US)", "north_america", (33.94, -118.41), true),
    region("lhr", "London, United Kingdom", "europe", (51.5, -0.46), true),
    region("nrt", "Tokyo, Japan", "asia_pacific", (35.62, 139.75), false),
    region("ord", "Chicago, Illinois (US)", "north_america", (41.98, -87.9), true),
    region("sin", "Singapore, Singapore", "asia_pacific", (1.29, 103.85), true),
    region("sjc", "San Jose, California (US)", "north_america", (37.35, -121.96), false),
    region("syd", "Sydney, Australia", "asia_pacific", (-33.87, 151.21), true),
    region("yyz", "Toronto, Canada", "north_america", (43.65, -79.36), false),
];

/// The region that is near to everybody who asks.
pub(crate) const NEAREST: &str = "fra";

impl World {
    /// Where something is put for which these regions are named: a list of codes and aliases, the first
    /// with room.
    ///
    /// <https://fly.io/docs/machines/api/machines-resource/>, "Create a Machine": `region`.
    pub(crate) fn place(&self, wanted: &str) -> Result<&'static str> {
        let wanted = if wanted.is_empty() { NEAREST } else { wanted };
        let mut candidates = Vec::new();
        for word in wanted.split(',').map(str::trim) {
            let before = candidates.len();
            candidates.extend(REGIONS.iter().filter(|region| is_meant(word, region)).map(|region| region.code));
            if candidates.len() == before {
                return Err(invalid(format!("invalid_argument: target region {word} not found")));
            }
        }
        let with_room = candidates.into_iter().find(|code| !self.conditions.full_regions.contains(*code));
        with_room.ok_or_else(|| {
            Refusal::new(422, "could not find a candidate host for your machine").code("insufficient_capacity")
        })
    }

    /// How long something that was created is not found yet.
    pub(crate) fn is_fresh(&self, created: crate::Moment, hidden: Duration) -> bool {
        self.now.since(created) < hidden
    }
}

fn is_meant(word: &str, region: &Region) -> bool {
    match word {
        "any" => true,
        "eu" => region.geo == "europe",
        "na" => region.geo == "north_america",
        "us" => region.name.ends_with("(US)"),
        "sa" => region.geo == "south_america",
        code => region.code == code,
    }
}

#[cfg(test)]
mod tests {
    use crate::moment::Moment;
    use crate::world::World;

    #[test]
    fn the_first_region_with_room() {
        let mut world = World::new(Moment::from_millis(0));
        world.conditions.full_regions = ["cdg", "fra", "ams"].map(str::to_owned).into();
        assert_eq!(world.place("cdg,ewr"), Ok("ewr"));
        assert_eq!(world.place("eu"), Ok("arn"));
        assert_eq!(world.place("cdg").map_err(|refusal| refusal.status), Err(422));
        assert_eq!(world.place("ams,nowhere").map_err(|refusal| refusal.status), Err(400));
        assert_eq!(world.place("").map_err(|refusal| refusal.status), Err(422));
    }
}
