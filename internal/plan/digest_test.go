package plan

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"testing"

	"pgregory.net/rapid"

	"stackrank/internal/work"
)

// sortedAnyhow is the digest by way of maps, whose keys JSON sorts by itself.
func sortedAnyhow(t *rapid.T, p Plan) string {
	var keys map[string]any
	dec := json.NewDecoder(bytes.NewReader(printed(p)))
	dec.UseNumber()
	if err := dec.Decode(&keys); err != nil {
		t.Fatal(err)
	}
	delete(keys, "digest")
	sum := sha256.Sum256(printed(keys))
	return "sha256:" + hex.EncodeToString(sum[:])
}

func TestTheDigestIsOfAllKeysSorted(t *testing.T) {
	text := rapid.StringOf(rapid.Rune())
	ref := rapid.Custom(func(t *rapid.T) work.Ref {
		return rapid.SampledFrom([]work.Ref{{}, {Source: "s", ID: text.Draw(t, "id")}}).Draw(t, "ref")
	})
	value := rapid.Custom(func(t *rapid.T) work.Value {
		return rapid.SampledFrom([]work.Value{{}, work.Number(rapid.Float64().Draw(t, "number")), work.Text(text.Draw(t, "text"))}).Draw(t, "value")
	})
	edits := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) work.Edit {
		return work.Edit{Op: rapid.SampledFrom([]work.Op{work.Set, work.Add, work.Remove}).Draw(t, "op"), Slot: work.Slot(text.Draw(t, "slot")), Old: value.Draw(t, "old"), New: value.Draw(t, "new")}
	}), 0, 3)
	count := rapid.IntRange(0, 9)
	rapid.Check(t, func(t *rapid.T) {
		p := Plan{
			Digest: text.Draw(t, "digest"),
			Changes: rapid.SliceOfN(rapid.Custom(func(t *rapid.T) work.Change {
				return work.Change{Ref: ref.Draw(t, "ref"), Key: text.Draw(t, "key"), Title: text.Draw(t, "title"), Edits: edits.Draw(t, "edits"), Why: text.Draw(t, "why")}
			}), 0, 3).Draw(t, "changes"),
			Runs: rapid.SliceOfN(rapid.Custom(func(t *rapid.T) work.Run {
				refs := rapid.SliceOfN(ref, 0, 3)
				return work.Run{
					Lane: text.Draw(t, "lane"), Items: refs.Draw(t, "items"), After: ref.Draw(t, "after"), Before: ref.Draw(t, "before"),
					Was: refs.Draw(t, "was"), Way: refs.Draw(t, "way"),
				}
			}), 0, 3).Draw(t, "runs"),
			Skipped: rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Skip {
				return Skip{ref.Draw(t, "ref"), text.Draw(t, "source"), text.Draw(t, "why")}
			}), 0, 3).Draw(t, "skipped"),
			Left: rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Leave {
				return Leave{ref.Draw(t, "ref"), text.Draw(t, "key"), edits.Draw(t, "edits")}
			}), 0, 3).Draw(t, "left"),
			Counts: Counts{count.Draw(t, "set"), count.Draw(t, "add"), count.Draw(t, "remove"), count.Draw(t, "moved"), count.Draw(t, "calls"), count.Draw(t, "skipped")},
		}
		if got, want := p.digest(), sortedAnyhow(t, p); got != want {
			t.Fatalf("the digest is %s, that of the sorted JSON %s", got, want)
		}
	})
}
