package trello

import (
	"strings"
	"testing"

	"stackrank/internal/work"
)

func TestWhatACardTellsOfItsEnd(t *testing.T) {
	tests := []struct {
		name, card string
		want       any // nil: not told
	}{
		{"a description that was not given", `"name":"x"`, nil},
		{"one in no form that Trello documents", `"desc":7`, nil},
		{"an empty one", `"desc":""`, work.Yes(false)},
		{"one without criteria", `"desc":"Refunds come late."`, work.Yes(false)},
		{"one with criteria", `"desc":"**Acceptance criteria**\n- The refund arrives."`, work.Yes(true)},
		{"a checklist", `"desc":"","badges":{"checkItems":2,"checkItemsChecked":0}`, work.Yes(true)},
		{"a checklist that is empty", `"desc":"","badges":{"checkItems":0,"checkItemsChecked":0}`, work.Yes(false)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, err := readCard([]byte(`{` + strings.Join([]string{`"id":"` + cardID(1) + `"`, tt.card}, ",") + `}`))
			if err != nil {
				t.Fatal(err)
			}
			var it work.Item
			(&board{}).fill(&it, c, newNotes("s"))
			got, told := it.Attrs[work.AttrCriteria]
			if told != (tt.want != nil) || told && got != tt.want {
				t.Errorf("%s tells %+v (told: %t), want %v", tt.card, got, told, tt.want)
			}
		})
	}
}
