package trello

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"stackrank/connectors"
	"stackrank/connectors/trello/trellosim"
	"stackrank/internal/rest"
	"stackrank/internal/work"
)

func TestCheck(t *testing.T) {
	tests := []struct {
		name    string
		use     connectors.Use
		arrange func(b obj, o *setup)
		turn    func(s *trellosim.Switches)
		want    []string // code and level of every finding
		says    string
	}{
		{"all is well", connectors.ForOrder, nil, nil, []string{"account note"}, "acts as Ann (@ann)"},
		{"a wrong token", connectors.ForReport, func(_ obj, o *setup) { o.options.Auth.Token = rest.SecretOf("ATTAx") }, nil, []string{"account failure"}, "invalid token"},
		{"a board that is not there", connectors.ForReport, func(_ obj, o *setup) {
			o.options.Boards = []string{"AAAAAAAA", boardShort}
		}, nil, []string{"account note", "board failure"}, "board AAAAAAAA cannot be read"},
		{"a wrong list", connectors.ForReport, func(_ obj, o *setup) { o.options.Lists = []string{"Nxet"} }, nil, []string{"account note", "no-list failure"}, `"Nxet"`},
		{"a closed board", connectors.ForReport, func(b obj, _ *setup) { b["closed"] = true }, nil, []string{"account note", "board failure"}, "closed"},
		{"voting off", connectors.ForReport, func(b obj, _ *setup) { b["prefs"] = obj{"voting": "disabled"} }, nil, []string{"account note", "no-votes note"}, "votes are not known"},
		{"a missing target harms no report", connectors.ForReport, func(_ obj, o *setup) { o.wiring.Targets[work.SlotScore] = "Points" }, nil, []string{"account note", "no-field warning"}, `"Points"`},
		{"a missing target fails a write", connectors.ForFields, func(_ obj, o *setup) { o.wiring.Targets[work.SlotScore] = "Points" }, nil, []string{"account note", "no-field failure"}, "of type number"},
		{"a target of a wrong type", connectors.ForFields, func(_ obj, o *setup) { o.wiring.Targets[work.SlotScore] = "Size" }, nil, []string{"account note", "field-type failure"}, "type list"},
		{"a missing signal", connectors.ForReport, func(_ obj, o *setup) { o.wiring.Signals["reach"] = "Reach" }, nil, []string{"account note", "no-field warning"}, "signal reach is not known"},
		{"custom fields not in the plan", connectors.ForFields, func(_ obj, o *setup) { o.wiring.Signals = nil }, func(s *trellosim.Switches) {
			s.CustomFields(boardRef, trellosim.FieldsNotInPlan)
		}, []string{"account note", "no-custom-fields warning", "no-custom-fields warning"}, "labels serve"},
		{"the Power-Up is off", connectors.ForFields, nil, func(s *trellosim.Switches) {
			s.CustomFields(boardRef, trellosim.FieldsOff)
		}, []string{"account note", "no-custom-fields warning"}, "labels serve alone"},
		{"a token without the right to write", connectors.ForFields, nil, func(s *trellosim.Switches) { s.ReadOnlyToken(true) }, []string{"account note", "token failure"}, "scope=read,write"},
		{"an observer", connectors.ForFields, func(b obj, _ *setup) {
			b["memberships"] = []obj{{"id": "5f000000000000000000ee01", "idMember": memberRef, "memberType": "observer"}}
		}, nil, []string{"account note", "observer failure"}, "may not write"},
		{"one of our labels twice", connectors.ForFields, func(b obj, _ *setup) {
			for i := range 2 {
				b["labels"] = append(b["labels"].([]obj), obj{"id": fmt.Sprintf("5f0000000000000000002ab%d", i), "idBoard": boardRef, "name": "stackrank-now", "color": "sky"})
			}
		}, nil, []string{"account note", "label-twice note"}, "2 labels"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := boardOf(cardOf(1, ideasList, nil))
			o := usual()
			if tt.arrange != nil {
				tt.arrange(b, o)
			}
			site := siteOf(t, b)
			if tt.turn != nil {
				tt.turn(site.Switches())
			}
			before := dump(t, site)
			c := connect(t, site, func(s *setup) { url := s.options.URL; *s = *o; s.options.URL = url })
			found, err := c.Check(t.Context(), tt.use)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			said := ""
			for _, f := range found {
				got = append(got, f.Code+" "+f.Level.String())
				said += f.Message + " " + f.Fix + "\n"
				if f.Level == work.Failure && f.Fix == "" {
					t.Errorf("failure %q has no fix", f.Message)
				}
			}
			want := slices.Clone(tt.want)
			if slices.Contains(want, "account note") {
				want = append(want, "least-rights note") // whoever can log in is told what it takes
			}
			slices.Sort(want)
			slices.Sort(got)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("findings (-want +got):\n%s%s", diff, said)
			}
			if !strings.Contains(said, tt.says) {
				t.Errorf("findings do not say %q:\n%s", tt.says, said)
			}
			if strings.Contains(said, trellosim.DefaultToken) {
				t.Error("a finding shows the token")
			}
			if dump(t, site) != before || site.Stats().Writes > 0 {
				t.Error("the check wrote something")
			}
		})
	}
}

func TestRoles(t *testing.T) {
	tests := []struct {
		name  string
		roles map[string]string
		want  []string
	}{
		{"not told", nil, nil},
		{"a member", map[string]string{"me": "normal"}, nil},
		{"an observer", map[string]string{"me": "observer"}, []string{"observer"}},
		{"no member of a public board", map[string]string{"ann": "admin"}, []string{"no-member"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			out := newNotes("s")
			checkRole(&board{name: "b", roles: tt.roles}, "me", out)
			if diff := cmp.Diff(tt.want, codes(out.all())); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
}

func TestCheckSaysWhenItCouldNotBeMade(t *testing.T) {
	site := siteOf(t, boardOf())
	site.Fail("/1/*", http.StatusServiceUnavailable, -1)
	if found, err := connect(t, site).Check(t.Context(), connectors.ForReport); err == nil {
		t.Errorf("Check() = %v and no error", found)
	}
}

func TestSurvey(t *testing.T) {
	second := boardOf()
	second["id"], second["shortLink"], second["name"] = "5f0000000000000000000b02", "Second02", "Second"
	second["lists"], second["labels"] = []obj{{"id": "5f00000000000000000012a1", "name": "Todo", "pos": 1}}, []obj{}
	second["customFields"] = []obj{{"id": "5f0000000000000000000e01", "idModel": "5f0000000000000000000b02", "name": "Revenue", "type": "number", "pos": 1}}
	second["cards"] = []obj{{
		"id": cardID(50), "shortLink": short(50), "name": "x", "idList": "5f00000000000000000012a1", "pos": 1,
		"customFieldItems": []obj{{"id": "5f0000000000000000000ca9", "idCustomField": "5f0000000000000000000e01", "value": obj{"number": "1"}}},
	}}
	site := siteOf(t, boardOf(
		cardOf(1, ideasList, obj{"customFieldItems": []obj{value(moneyField, "number", "5")}, "due": "2026-12-01T10:00:00.000Z"}),
		cardOf(2, ideasList, nil), cardOf(3, nextList, nil), cardOf(4, nextList, obj{"name": "---", "cardRole": "separator"}), cardOf(5, oldList, nil),
	), second)
	c := connect(t, site, func(s *setup) { s.options.Boards = nil })
	s, err := c.Survey(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	open := map[string]int{}
	for _, p := range s.Places {
		open[p.Kind+" "+p.Name] = p.Open
	}
	want := map[string]int{"board Road map": 3, "list Ideas": 2, "list Next": 1, "board Second": 1, "list Todo": 1}
	if diff := cmp.Diff(want, open); diff != "" {
		t.Errorf("places (-want +got):\n%s", diff)
	}
	fields := map[string][2]int{}
	for _, f := range s.Fields {
		fields[f.Name+" "+f.Kind] = [2]int{f.Filled, f.Sample}
		if f.Name == "Score" && !f.Writable || f.Name == "Size" && f.Writable {
			t.Errorf("field %+v: only numbers and texts take our values", f)
		}
	}
	wantFields := map[string][2]int{
		"Votes votes": {0, 4}, "Comments number": {0, 4}, "Due date date": {1, 4}, "Score number": {0, 3}, "Rank text": {0, 3},
		"Revenue number": {2, 4}, "Size select": {0, 3}, "Urgent checkbox": {0, 3},
	}
	if diff := cmp.Diff(wantFields, fields); diff != "" {
		t.Errorf("fields (-want +got):\n%s", diff)
	}
	if site.Stats().Writes > 0 {
		t.Error("the survey wrote something")
	}
	named := connect(t, site, func(s *setup) { s.options.Boards = []string{"Second02"} })
	if s, err = named.Survey(t.Context()); err != nil || s.Places[0].Open != -1 || len(s.Places) != 3 {
		t.Errorf("a survey of one board gives %+v, %v; want the other board uncounted", s.Places, err)
	}
	if _, err := c.Pull(t.Context()); err == nil {
		t.Error("a pull without boards gives no error")
	}
}

func TestSurveyRefusesWhatIsNotThere(t *testing.T) {
	tests := []struct {
		name  string
		alter func(*Options)
		kind  error
		says  string
	}{
		{"a board", func(o *Options) { o.Boards = append(o.Boards, "aaaaaaaa") }, work.ErrNotFound, "correct the address of board aaaaaaaa"},
		{"a list", func(o *Options) { o.Lists = []string{"Nowhere"} }, work.ErrInvalid, `"Nowhere" is on none of the boards`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := connect(t, siteOf(t, boardOf()), func(s *setup) { tt.alter(&s.options) }).Survey(t.Context())
			if !errors.Is(err, tt.kind) || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("Survey() = %v, want a %q that says %q", err, tt.kind, tt.says)
			}
		})
	}
}
