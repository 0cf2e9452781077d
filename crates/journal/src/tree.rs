//! The Merkle tree over the acts (RFC 6962), held in memory: some 64 bytes for each act.

use tlog_tiles::{
    Error, Hash, HashReader, prove_record, prove_tree, stored_hash_count, stored_hash_index,
    stored_hashes_for_record_hash, tree_hash,
};

/// All complete inner nodes and leaves, in the order of [`tlog_tiles::stored_hash_index`].
#[derive(Clone, Default)]
pub(crate) struct Tree {
    size: u64,
    hashes: Hashes,
}

#[derive(Clone, Default)]
struct Hashes(Vec<Hash>);

impl HashReader for Hashes {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<Hash>, Error> {
        let read = |index: &u64| usize::try_from(*index).ok().and_then(|index| self.0.get(index)).copied();
        indexes.iter().map(read).collect::<Option<_>>().ok_or(Error::IndexesNotInTree)
    }
}

/// Nodes to be added to a tree, and the root that it then has.
pub(crate) struct Growth {
    from: u64,
    pub(crate) size: u64,
    pub(crate) root: Hash,
    hashes: Hashes,
}

/// A tree's nodes with those to be added.
struct Grown<'a> {
    old: &'a Hashes,
    new: Hashes,
}

impl HashReader for Grown<'_> {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<Hash>, Error> {
        let old = self.old.0.len();
        let read = |index: &u64| {
            let index = usize::try_from(*index).ok()?;
            if index < old { self.old.0.get(index) } else { self.new.0.get(index - old) }.copied()
        };
        indexes.iter().map(read).collect::<Option<_>>().ok_or(Error::IndexesNotInTree)
    }
}

impl Tree {
    /// Number of leaves.
    pub(crate) fn size(&self) -> u64 {
        self.size
    }

    /// What the tree would be with these leaves (RFC 6962 record hashes) added. The tree itself stays as it is, so that
    /// an append can be given up at any moment.
    pub(crate) fn grown(&self, leaves: impl IntoIterator<Item = Hash>) -> Result<Growth, Error> {
        let mut grown = Grown { old: &self.hashes, new: Hashes::default() };
        let mut size = self.size;
        for leaf in leaves {
            let new = stored_hashes_for_record_hash(size, leaf, &grown)?;
            grown.new.0.extend(new);
            size += 1;
        }
        let root = tree_hash(size, &grown)?;
        Ok(Growth { from: self.size, size, root, hashes: grown.new })
    }

    /// Adds what was computed by [`Tree::grown`] from this very tree.
    pub(crate) fn grow(&mut self, growth: Growth) -> Result<(), Error> {
        if growth.from != self.size {
            return Err(Error::IndexesOutOfOrder);
        }
        self.hashes.0.extend(growth.hashes.0);
        self.size = growth.size;
        debug_assert_eq!(stored_hash_count(self.size), self.hashes.0.len() as u64, "the tree lost or gained a node");
        Ok(())
    }

    /// Adds one leaf.
    pub(crate) fn push(&mut self, leaf: Hash) -> Result<(), Error> {
        let hashes = stored_hashes_for_record_hash(self.size, leaf, &self.hashes)?;
        self.hashes.0.extend(hashes);
        self.size += 1;
        Ok(())
    }

    /// Root over the first `size` leaves.
    pub(crate) fn root_at(&self, size: u64) -> Result<Hash, Error> {
        if size > self.size { Err(Error::IndexesNotInTree) } else { tree_hash(size, &self.hashes) }
    }

    /// Root over all leaves.
    pub(crate) fn root(&self) -> Result<Hash, Error> {
        self.root_at(self.size)
    }

    /// The leaf at `index`.
    pub(crate) fn leaf(&self, index: u64) -> Option<Hash> {
        let at = usize::try_from(stored_hash_index(0, index)).ok()?;
        if index < self.size { self.hashes.0.get(at).copied() } else { None }
    }

    /// Proof that the leaf at `index` is under the root.
    pub(crate) fn prove_inclusion(&self, index: u64) -> Result<Vec<Hash>, Error> {
        prove_record(self.size, index, &self.hashes)
    }

    /// Proof that the first `old_size` leaves are unchanged under the root. Nothing needs proof when there were none.
    pub(crate) fn prove_consistency(&self, old_size: u64) -> Result<Vec<Hash>, Error> {
        if old_size == 0 { Ok(Vec::new()) } else { prove_tree(self.size, old_size, &self.hashes) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sha2::{Digest, Sha256};
    use tlog_tiles::{EMPTY_HASH, check_record, check_tree, record_hash};

    /// RFC 6962, section 2.1, word for word.
    fn naive_root(leaves: &[Vec<u8>]) -> [u8; 32] {
        match leaves {
            [] => Sha256::digest(b"").into(),
            [one] => Sha256::new().chain_update([0]).chain_update(one).finalize().into(),
            many => {
                let k = many.len().next_power_of_two() / 2;
                let (left, right) = (naive_root(&many[..k]), naive_root(&many[k..]));
                Sha256::new().chain_update([1]).chain_update(left).chain_update(right).finalize().into()
            }
        }
    }

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"))
    }

    fn tree_of(leaves: &[Vec<u8>]) -> Tree {
        let mut tree = Tree::default();
        for leaf in leaves {
            tree.push(record_hash(leaf)).unwrap();
        }
        tree
    }

    #[test]
    fn the_tree_agrees_with_the_known_answers_of_certificate_transparency() {
        // The eight leaves of the reference implementation's tests, and its roots of sizes 1 to 8.
        let leaves =
            ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];
        let bytes = |hex: &&str| {
            let pair = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).unwrap();
            (0..hex.len()).step_by(2).map(pair).collect::<Vec<u8>>()
        };
        let leaves: Vec<Vec<u8>> = leaves.iter().map(bytes).collect();
        let roots = [
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
            "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
            "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
            "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
            "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
        ];
        for (size, root) in (1..).zip(roots) {
            assert_eq!(hex(&tree_of(&leaves[..size]).root().unwrap().0), root, "size {size}");
        }
    }

    #[test]
    fn the_empty_tree_and_the_prefixes_are_those_of_the_standard() {
        assert_eq!(Tree::default().root().unwrap(), EMPTY_HASH);
        assert_eq!(hex(&naive_root(&[])), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        assert_eq!(record_hash(b"act").0, naive_root(&[b"act".to_vec()]));
        assert_ne!(record_hash(b"act").0, <[u8; 32]>::from(Sha256::digest(b"act")));
    }

    #[test]
    fn every_root_and_every_proof_up_to_forty_leaves_holds() {
        let leaves: Vec<Vec<u8>> = (0..40_u8).map(|n| vec![n; usize::from(n)]).collect();
        let whole = tree_of(&leaves);
        for size in 1..=leaves.len() {
            let mut tree = tree_of(&leaves[..size / 2]);
            tree.grow(tree.grown(leaves[size / 2..size].iter().map(|leaf| record_hash(leaf))).unwrap()).unwrap();
            let (t, root) = (size as u64, tree.root().unwrap());
            assert_eq!(root.0, naive_root(&leaves[..size]));
            assert_eq!(root, whole.root_at(t).unwrap());
            for index in 0..t {
                let proof = tree.prove_inclusion(index).unwrap();
                let leaf = tree.leaf(index).unwrap();
                check_record(&proof, t, root, index, leaf).unwrap();
                assert!(check_record(&proof, t, root, (index + 1) % t, leaf).is_err() || t == 1);
            }
            for old in 1..=t {
                let proof = tree.prove_consistency(old).unwrap();
                let old_root = whole.root_at(old).unwrap();
                check_tree(&proof, t, root, old, old_root).unwrap();
                assert!(check_tree(&proof, t, root, old, EMPTY_HASH).is_err());
            }
            assert!(tree.prove_consistency(0).unwrap().is_empty());
            assert!(tree.prove_consistency(t + 1).is_err() && tree.root_at(t + 1).is_err());
            assert!(tree.prove_inclusion(t).is_err() && tree.leaf(t).is_none());
        }
    }
}
