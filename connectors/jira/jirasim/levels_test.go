package jirasim

import (
	"encoding/json"
	"testing"
)

func TestCloudShowsTheLevelOfEveryType(t *testing.T) {
	for kind, want := range map[string]string{
		`{"name":"Story","subtask":false}`:                      `0`,
		`{"name":"Epic","subtask":false}`:                       `1`,
		`{"name":"Technical task","subtask":true}`:              `-1`,
		`{"name":"Theme","subtask":false,"hierarchyLevel":2}`:   `2`,
		`{"name":"Epic","subtask":false,"hierarchyLevel":null}`: `null`,
	} {
		i := &issue{fields: map[string]json.RawMessage{"issuetype": json.RawMessage(kind)}}
		levelled(i)
		var got struct {
			Level json.RawMessage `json:"hierarchyLevel"`
		}
		if err := json.Unmarshal(i.fields["issuetype"], &got); err != nil || string(got.Level) != want {
			t.Errorf("%s shows the level %s, %v; want %s", kind, got.Level, err, want)
		}
	}
}
