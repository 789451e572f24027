package trello

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"stackrank/connectors/trello/trellosim"
	"stackrank/internal/work"
)

// realBoards are the boards of the lab and how many open pieces of work each holds.
var realBoards = []struct {
	file string
	work int
}{
	{"board-bizarre-lineage.json", 290},
	{"board-gis-2012.json", 71},
}

func realSite(t *testing.T, file string) *trellosim.Site {
	t.Helper()
	var seed trellosim.Seed
	if err := seed.Read(lab(t, file)); err != nil {
		t.Fatal(err)
	}
	return trellosim.New(seed, func() time.Time { return now })
}

func onBoards(site *trellosim.Site) func(*setup) {
	return func(s *setup) {
		s.wiring.Signals = nil
		s.options.Boards = nil
		for _, b := range site.Boards() {
			s.options.Boards = append(s.options.Boards, b.ID)
		}
	}
}

func TestRealBoardsAreReadAndWrittenWhole(t *testing.T) {
	for _, b := range realBoards {
		t.Run(b.file, func(t *testing.T) {
			site := realSite(t, b.file)
			c := connect(t, site, onBoards(site))
			s := pull(t, c)
			if len(s.Items) != b.work {
				t.Fatalf("%d pieces of work, want %d", len(s.Items), b.work)
			}
			for i, it := range s.Items {
				ch := work.Change{Ref: it.Ref, Key: it.Key, Edits: []work.Edit{
					set(work.SlotScore, work.Number(float64(1000-i)/10)), set(work.SlotRank, work.Number(float64(i+1))), add("stackrank-now"),
				}}
				if err := c.Apply(t.Context(), ch); err != nil {
					t.Fatal(err)
				}
			}
			if got, want := site.Stats().Writes, 2*b.work+1; got != want {
				t.Errorf("%d writes, want %d: fields and label of each card, and the label once", got, want)
			}
			for i, it := range pull(t, c).Items {
				if it.Ref != s.Items[i].Ref || it.Outputs[work.SlotRank] != work.Number(float64(i+1)) || !it.HasLabel("stackrank-now") {
					t.Fatalf("item %d reads back as %+v", i, it)
				}
			}
		})
	}
}

func TestRealListsTakeAnyOrder(t *testing.T) {
	for _, b := range realBoards {
		t.Run(b.file, func(t *testing.T) {
			site := realSite(t, b.file)
			c := connect(t, site, onBoards(site))
			rng := rand.New(rand.NewPCG(1, 2))
			want := map[string][]work.Ref{}
			var lanes []string
			for _, it := range pull(t, c).Items {
				if len(want[it.Lane]) == 0 {
					lanes = append(lanes, it.Lane)
				}
				want[it.Lane] = append(want[it.Lane], it.Ref)
			}
			others := othersOf(site)
			for _, lane := range lanes {
				rng.Shuffle(len(want[lane]), func(i, j int) { want[lane][i], want[lane][j] = want[lane][j], want[lane][i] })
				results, err := c.Reorder(t.Context(), work.Run{Lane: lane, Items: slices.Clone(want[lane])})
				if err != nil || len(failed(results)) > 0 {
					t.Fatalf("list %s: %v, %v", lane, results, err)
				}
			}
			got := map[string][]work.Ref{}
			for _, it := range pull(t, c).Items {
				got[it.Lane] = append(got[it.Lane], it.Ref)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("order (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(others, othersOf(site)); diff != "" {
				t.Errorf("cards that are no work changed (-before +after):\n%s", diff)
			}
			if n := site.Stats().Writes; n >= len(pull(t, c).Items) {
				t.Errorf("%d positions were written, want fewer than there are cards", n)
			}
		})
	}
}

// othersOf gives the positions of the cards that are no work.
func othersOf(site *trellosim.Site) map[string]string {
	out := map[string]string{}
	for _, c := range site.Dump().Cards {
		if c["cardRole"] == "separator" {
			out[c["id"].(string)] = fmt.Sprint(c["pos"])
		}
	}
	return out
}

func TestRecordedCardsReadWithoutOddFields(t *testing.T) {
	var file struct {
		Exchanges []struct {
			Method, Path string
			Status       int
			JSON         json.RawMessage
		}
	}
	if err := json.NewDecoder(lab(t, "recorded-exchanges.json")).Decode(&file); err != nil {
		t.Fatal(err)
	}
	cards, fields := 0, 0
	for _, e := range file.Exchanges {
		var list []json.RawMessage
		switch {
		case e.Status != http.StatusOK || e.Method != http.MethodGet:
			continue
		case json.Unmarshal(e.JSON, &list) != nil:
			list = []json.RawMessage{e.JSON}
		}
		parts := strings.Split(e.Path, "/") // "", "1", resource, id, part
		for _, raw := range list {
			switch last := parts[len(parts)-1]; {
			case last == "cards", len(parts) == 4 && parts[2] == "cards":
				k, err := readCard(raw)
				if err != nil || len(k.odd) > 0 {
					t.Errorf("%s: card %+v, odd %v, %v", e.Path, k, k.odd, err)
				}
				cards++
			case last == "customFields", len(parts) == 4 && parts[2] == "customFields":
				if d, err := readField(raw); err != nil || d.Type == "" {
					t.Errorf("%s: field %+v, %v", e.Path, d, err)
				}
				fields++
			}
		}
	}
	if cards < 10 || fields < 2 {
		t.Errorf("read %d cards and %d fields; the recordings hold more", cards, fields)
	}
}
