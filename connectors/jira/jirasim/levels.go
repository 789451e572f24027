package jirasim

import (
	"encoding/json"
	"strings"
)

// levelled gives the type of an issue the level that Cloud shows of every type,
// where an export of Data Center holds none.
func levelled(i *issue) {
	var kind map[string]json.RawMessage
	if isNull(i.fields["issuetype"]) || json.Unmarshal(i.fields["issuetype"], &kind) != nil || kind == nil {
		return
	}
	if _, told := kind["hierarchyLevel"]; told {
		return
	}
	level := "0"
	switch {
	case string(kind["subtask"]) == "true":
		level = "-1"
	case strings.EqualFold(string(kind["name"]), `"Epic"`):
		level = "1"
	}
	kind["hierarchyLevel"] = json.RawMessage(level)
	i.fields["issuetype"] = encode(kind)
}
