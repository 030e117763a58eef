//! Whom Prow's blunderbuss would ask: cases written from the governance (section 8), with exact sets of candidates.

use crate::wild;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use vep_mcp::owners::Owners;
use vep_mcp::owners::blunderbuss::{Kind, Pool, WANTED};

const VEP: &str = "veps/sig-a/1-x/vep.md";
const OTHER: &str = "veps/sig-b/2-y/vep.md";

/// OWNERS files, by the folders they lie in; a `+` before a name makes it the file of aliases.
fn owners(files: &[(&str, &str)]) -> Owners {
    let path = |folder: &str| match folder {
        "" => "OWNERS".to_owned(),
        "+" => "OWNERS_ALIASES".to_owned(),
        folder => format!("{folder}/OWNERS"),
    };
    Owners::read(
        files.iter().map(|(folder, text)| (path(folder), (*text).to_owned())).collect::<BTreeMap<_, _>>(),
    )
}

/// `leaf veps/sig-a: 1 of a, b`, pool by pool.
fn told(pools: &[Pool]) -> Vec<String> {
    let one = |pool: &Pool| {
        let kind = match &pool.kind {
            Kind::Leaf(folder) => format!("leaf {folder}"),
            Kind::Leaves => "leaves".into(),
            Kind::Layer(folder) => format!("layer {folder}"),
            Kind::Approvers(folder) => format!("approvers {folder}"),
        };
        let count = if pool.least == pool.most {
            pool.most.to_string()
        } else {
            format!("{}-{}", pool.least, pool.most)
        };
        let who: Vec<&str> = pool.candidates.iter().map(String::as_str).collect();
        format!("{}: {count} of {}", kind.trim(), who.join(" "))
    };
    pools.iter().map(one).collect()
}

/// What is owned, what is changed, who opens it; and what Prow draws.
type Case<'a> = (&'a str, &'a [(&'a str, &'a str)], &'a [&'a str], &'a str, &'a [&'a str]);

const ROOT: (&str, &str) = ("", "reviewers: [r1, r2, r3]\napprovers: [m1, m2]\n");

#[test]
fn pools_are_exact() {
    let cases: &[Case] = &[
        (
            "the nearest folder that names reviewers is the leaf, and two are drawn from it",
            &[ROOT, ("veps/sig-a", "reviewers: [a, b, c]")],
            &[VEP],
            "x",
            &["leaf veps/sig-a: 1 of a b c", "leaves: 1 of a b c"],
        ),
        (
            "a folder that only gives labels is no leaf",
            &[ROOT, ("veps/sig-a", "labels: [sig/a]")],
            &[VEP],
            "x",
            &["leaf: 1 of r1 r2 r3", "leaves: 1 of r1 r2 r3"],
        ),
        (
            "the author is left out, whatever the case and the @",
            &[ROOT, ("veps/sig-a", "reviewers: ['@Ann', ben]")],
            &[VEP],
            "@aNN",
            &["leaf veps/sig-a: 1 of ben", "layer: 1 of r1 r2 r3"],
        ),
        (
            "where the author is the whole leaf, the layers above are drawn from",
            &[ROOT, ("veps/sig-a", "reviewers: [ann]")],
            &[VEP],
            "ann",
            &["layer: 2 of r1 r2 r3"],
        ),
        (
            "whoever was drawn is not drawn again from a layer above",
            &[("", "reviewers: [a, r1]"), ("veps/sig-a", "reviewers: [a]")],
            &[VEP],
            "x",
            &["leaf veps/sig-a: 1 of a", "layer: 1 of r1"],
        ),
        (
            "approvers come last, the nearest first",
            &[("", "approvers: [m1, m2]"), ("veps/sig-a", "reviewers: [a]\napprovers: [a, lead]")],
            &[VEP],
            "x",
            &["leaf veps/sig-a: 1 of a", "approvers veps/sig-a: 1 of lead"],
        ),
        (
            "where nobody reviews, approvers are asked",
            &[("", "approvers: [m1, m2, m3]")],
            &[VEP],
            "m1",
            &["approvers: 2 of m2 m3"],
        ),
        ("where nobody owns it, nobody is asked", &[], &[VEP], "x", &[]),
        (
            "where the author is everybody, nobody is asked",
            &[("", "reviewers: [a]\napprovers: [a]")],
            &[VEP],
            "a",
            &[],
        ),
        (
            "aliases are expanded, one level deep",
            &[("+", "aliases: {leads: [a, b, inner], inner: [c]}"), ("", "reviewers: [leads]")],
            &[VEP],
            "b",
            &["leaf: 1 of a inner", "leaves: 1 of a inner"],
        ),
        (
            "filters are tried against the path below their folder",
            &[ROOT, ("veps/sig-a", "filters: {'.*\\.md$': {reviewers: [a]}, '.*\\.go$': {reviewers: [g]}}")],
            &[VEP],
            "x",
            &["leaf veps/sig-a: 1 of a", "layer: 1 of r1 r2 r3"],
        ),
        (
            "filters of which none fits leave the folder out",
            &[ROOT, ("veps/sig-a", "filters: {'.*\\.go$': {reviewers: [g]}}")],
            &[VEP],
            "x",
            &["leaf: 1 of r1 r2 r3", "leaves: 1 of r1 r2 r3"],
        ),
        (
            "no_parent_owners keeps those above out",
            &[ROOT, ("veps/sig-a", "options: {no_parent_owners: true}\nreviewers: [a]")],
            &[VEP],
            "x",
            &["leaf veps/sig-a: 1 of a"],
        ),
        (
            "no_parent_owners stops nothing where nothing was found",
            &[ROOT, ("veps/sig-a", "options: {no_parent_owners: true}")],
            &[VEP],
            "x",
            &["leaf: 1 of r1 r2 r3", "leaves: 1 of r1 r2 r3"],
        ),
        (
            "emeritus approvers are nobody",
            &[("", "emeritus_approvers: [old]\nreviewers: [r]")],
            &[VEP],
            "x",
            &["leaf: 1 of r"],
        ),
        (
            "one is drawn for each owned folder",
            &[ROOT, ("veps/sig-a", "reviewers: [a, b]"), ("veps/sig-b", "reviewers: [c]")],
            &[VEP, OTHER],
            "x",
            &["leaf veps/sig-a: 1 of a b", "leaf veps/sig-b: 1 of c"],
        ),
        (
            "two files of one folder are one folder",
            &[ROOT, ("veps/sig-a", "reviewers: [a, b]")],
            &[VEP, "veps/sig-a/1-x/appendix.md"],
            "x",
            &["leaf veps/sig-a: 1 of a b", "leaves: 1 of a b"],
        ),
        (
            "more folders than two are all asked",
            &[("", "reviewers: [r]"), ("veps/sig-a", "reviewers: [a]"), ("veps/sig-b", "reviewers: [b]")],
            &[VEP, OTHER, "README.md"],
            "x",
            &["leaf veps/sig-a: 1 of a", "leaf veps/sig-b: 1 of b", "leaf: 1 of r"],
        ),
        (
            "folders that share their only reviewer ask that one once",
            &[ROOT, ("veps/sig-a", "reviewers: [a]"), ("veps/sig-b", "reviewers: [a]")],
            &[VEP, OTHER],
            "x",
            &["leaf veps/sig-a: 1 of a", "layer: 1 of r1 r2 r3"],
        ),
        (
            "where folders share some, chance decides how many of the second are drawn",
            &[("veps/sig-a", "reviewers: [a, b]"), ("veps/sig-b", "reviewers: [b]")],
            &[VEP, OTHER],
            "x",
            &["leaf veps/sig-a: 1 of a b", "leaf veps/sig-b: 0-1 of b", "leaves: 0-1 of a b"],
        ),
    ];
    for (says, files, paths, author, expected) in cases {
        let draw = owners(files).draw(paths, Some(author));
        assert_eq!(told(&draw.pools), *expected, "{says}");
        assert!(draw.least <= draw.most, "{says}");
    }
}

proptest! {
    /// Whatever the OWNERS say: nobody is a candidate twice, the author never, and as many as can be are asked.
    #[test]
    fn draws_are_what_they_promise(
        lists in prop::collection::vec(prop::collection::vec(0u8..6, 0..4), 6),
        author in 0u8..6,
    ) {
        let names = |list: &[u8]| list.iter().map(|it| format!("p{it}")).collect::<Vec<_>>().join(", ");
        let text = |at: usize| format!("reviewers: [{}]\napprovers: [{}]\n", names(&lists[at]), names(&lists[at + 1]));
        let (root, a, b) = (text(0), text(2), text(4));
        let owners = owners(&[("", &root), ("veps/sig-a", &a), ("veps/sig-b", &b)]);
        let author = format!("p{author}");
        for paths in [&[VEP][..], &[OTHER], &[VEP, OTHER], &[OTHER, VEP]] {
            let draw = owners.draw(paths, Some(&author));
            prop_assert_eq!(&draw, &owners.draw(paths, Some(&author)));
            prop_assert!(!draw.candidates().contains(author.as_str()));
            let all: BTreeSet<String> = paths
                .iter()
                .flat_map(|path| owners.reviewers(path).into_iter().chain(owners.approvers(path)))
                .filter(|login| *login != author)
                .collect();
            prop_assert_eq!(draw.least, draw.most);
            prop_assert!(draw.most >= WANTED.min(all.len()) && draw.most <= all.len());
            let (least, most): (usize, usize) =
                draw.pools.iter().fold((0, 0), |sum, pool| (sum.0 + pool.least, sum.1 + pool.most));
            prop_assert!(least <= draw.most && draw.most <= most);
            for pool in &draw.pools {
                prop_assert!(pool.least <= pool.most && pool.most <= pool.candidates.len() && pool.most > 0);
            }
        }
    }
}

/// The real OWNERS: the SIG folders only give labels, so the root's reviewers are drawn from.
#[test]
fn the_real_pools() {
    let Some(world) = wild::world() else { return };
    for document in world.head.proposals().iter() {
        let draw = world.owners.draw(&[document.path()], None);
        assert_eq!(draw.most, WANTED, "{}", document.path());
        assert_eq!(draw.pools[0].kind, Kind::Leaf(String::new()), "{}", document.path());
        assert_eq!(draw.pools[0].candidates, world.owners.reviewers(document.path()), "{}", document.path());
    }
}
