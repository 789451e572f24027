package prioritize

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
)

// Digest names a policy by its content: "sha256:" and the hash of its canonical
// JSON. Two policies that differ only in the order of keys and lists, or in how
// a span is written, have one digest. Settings with a number that JSON cannot
// hold, which Validate refuses, have none: "".
func Digest(s Settings) string {
	s.Require = slices.Compact(slices.Sorted(slices.Values(s.Require)))
	s.Stakeholders = slices.SortedFunc(slices.Values(s.Stakeholders), func(a, b Stakeholder) int { return cmp.Compare(a.Name, b.Name) })
	b, err := json.Marshal(s)
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(b)
	return "sha256:" + hex.EncodeToString(sum[:])
}
