package cycle

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"

	"stackrank/internal/plan"
	"stackrank/prioritize"
)

// digestOf names by its content what a plan is approved for: the policy, the
// fields that it is written to, and the prefix of the labels. So a plan that
// somebody has read is not written to other fields.
func digestOf(policy prioritize.Settings, rules plan.Rules) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n%q\n", prioritize.Digest(policy), rules.LabelPrefix)
	for _, source := range slices.Sorted(maps.Keys(rules.To)) {
		fmt.Fprintf(&b, "%q %q\n", source, fmt.Sprintf("%+v", rules.To[source]))
	}
	sum := sha256.Sum256([]byte(b.String()))
	return "sha256:" + hex.EncodeToString(sum[:])
}

// DigestOf gives what PolicyDigest would be with another policy.
func (r Round) DigestOf(policy prioritize.Settings) string { return digestOf(policy, r.Rules) }
