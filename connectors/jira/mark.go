package jira

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"
	"strconv"

	"stackrank/internal/work"
)

// markLength is how many signs a mark has. An issue is held against the mark of
// itself alone, so that few are enough.
const markLength = 16

// mark stands for all that the light listing of Data Center tells of an issue,
// whether it was read by that or whole.
func (v *view) mark(iss rawIssue, k *converted) string {
	it := k.item
	w := written(make([]byte, 0, 512))
	w.text(string(iss.Fields.get("updated")), k.ID, k.Key, k.home.projectID, k.home.projectKey, k.Rank, k.Epic)
	w.number(int64(k.Votes), int64(k.Watches), k.Breach, int64(it.Status), v.release.Unix())
	w.truth(k.Bare, it.Sprint, it.Subtask, it.Epic)
	w.text(it.Type, it.Parent.ID, it.Attrs["status"].Text, it.Attrs["fixVersions"].Text, it.Attrs["epic"].Text)
	w.number(int64(len(it.Labels)))
	w.text(it.Labels...)
	for _, l := range it.Links {
		w.text(string(l.Kind), l.To.ID, l.Key, l.URL, l.Phrase)
		w.truth(l.Open)
	}
	for _, s := range []work.Signal{work.Repeats, work.Breached} {
		if _, mapped := v.want.signals[s]; !mapped {
			x, told := it.Signals[s]
			w.truth(told)
			w.number(int64(x))
		}
	}
	for _, field := range slices.Sorted(maps.Keys(k.Odd)) {
		if v.light[field] {
			w.text(field)
			w.number(int64(k.Odd[field]))
		}
	}
	sum := sha256.Sum256(w)
	return hex.EncodeToString(sum[:])[:markLength]
}

// written are values one behind the other, in a form that keeps them apart.
type written []byte

func (w *written) text(texts ...string) {
	for _, t := range texts {
		w.number(int64(len(t)))
		*w = append(*w, t...)
	}
}

func (w *written) number(numbers ...int64) {
	for _, n := range numbers {
		*w = append(strconv.AppendInt(*w, n, 36), ' ')
	}
}

func (w *written) truth(truths ...bool) {
	for _, t := range truths {
		*w = append(strconv.AppendBool(*w, t), ' ')
	}
}
